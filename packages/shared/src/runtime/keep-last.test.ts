import { expect, test } from 'vitest';
import { keepLast, type Kept } from './keep-last.ts';

/** Asks for keys, one after the other; tells which of them were read for it. */
async function readFor(kept: Kept<string>, ...keys: string[]): Promise<string[]> {
  const read: string[] = [];
  for (const key of keys) {
    const value = await kept(key, async () => {
      read.push(key);
      return `of ${key}`;
    });
    expect(value).toBe(`of ${key}`);
  }
  return read;
}

test('no more than the last are kept; the one that was read first goes', async () => {
  const kept = keepLast<string>(2);
  expect(await readFor(kept, 'a', 'b', 'a', 'b')).toEqual(['a', 'b']);
  expect(await readFor(kept, 'c', 'b', 'c', 'a')).toEqual(['c', 'a']);
  expect(await readFor(kept, 'c', 'b')).toEqual(['b']);
});

test('planted fault: the same check finds that more are kept', async () => {
  expect(await readFor(keepLast<string>(3), 'a', 'b', 'c', 'b', 'c', 'a')).toEqual(['a', 'b', 'c']);
});

test('those who ask while it is read share the reading', async () => {
  const kept = keepLast<number>(2);
  const { promise, resolve } = Promise.withResolvers<number>();
  const both = [kept('a', () => promise), kept('a', () => Promise.reject(new Error('read twice')))];
  resolve(7);
  expect(await Promise.all(both)).toEqual([7, 7]);
});

test('a reading that fails fails for all who waited for it, and is not kept', async () => {
  const kept = keepLast<string>(2);
  const { promise, reject } = Promise.withResolvers<string>();
  const both = [kept('a', () => promise), kept('a', () => promise)];
  reject(new Error('away'));
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await readFor(kept, 'a', 'a')).toEqual(['a']);
});

test('a reading that fails late takes no newer one of its key along', async () => {
  const kept = keepLast<string>(1);
  const { promise, reject } = Promise.withResolvers<string>();
  const late = kept('a', () => promise);
  expect(await readFor(kept, 'b', 'a')).toEqual(['b', 'a']);
  reject(new Error('away'));
  await expect(late).rejects.toThrow('away');
  expect(await readFor(kept, 'a')).toEqual([]);
});
