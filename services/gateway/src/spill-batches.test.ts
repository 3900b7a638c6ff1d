import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBatchSpill } from './spill-batches.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-spill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const aBatch = (id: string, bytes = 10) => ({ id, body: new Uint8Array(bytes).fill(id.charCodeAt(0)) });

test('what is kept comes back as it was, oldest first, also to the next process', async () => {
  const first = createBatchSpill(folder, 1_000);
  await first.load();
  expect(await first.keep('receipts', aBatch('a'))).toBe(true);
  expect(await first.keep('feedback', aBatch('b', 20))).toBe(true);
  const next = createBatchSpill(folder, 1_000);
  await next.load();
  expect([next.batches, next.bytes]).toEqual([2, 30]);
  const [a, b, ...others] = await next.oldest(5);
  expect([a.batch.id, others]).toEqual(['a', []]);
  await next.drop(a);
  expect(await next.oldest(1)).toEqual([b]);
  expect([b.kind, b.batch.id, [...b.batch.body]]).toEqual(['feedback', 'b', [...aBatch('b', 20).body]]);
  await next.drop(b);
  expect([await next.oldest(1), next.bytes, await readdir(folder)]).toEqual([[], 0, []]);
});

test('of several that are sent at once any may go first, once', async () => {
  const spill = createBatchSpill(folder, 1_000);
  await spill.load();
  for (const id of ['a', 'b', 'c']) await spill.keep('receipts', aBatch(id));
  const [, b] = await spill.oldest(3);
  await Promise.all([spill.drop(b), spill.drop(b)]);
  expect((await spill.oldest(3)).map(({ batch }) => batch.id)).toEqual(['a', 'c']);
  expect([spill.batches, spill.bytes]).toEqual([2, 20]);
});

test('beyond its bytes nothing is kept, and there is room again when something went', async () => {
  const spill = createBatchSpill(folder, 25);
  await spill.load();
  expect([await spill.keep('receipts', aBatch('a')), await spill.keep('receipts', aBatch('b'))]).toEqual([true, true]);
  expect(await spill.keep('receipts', aBatch('c'))).toBe(false);
  await spill.drop((await spill.oldest(1))[0]);
  expect(await spill.keep('receipts', aBatch('d'))).toBe(true);
  expect([spill.batches, spill.bytes]).toEqual([2, 20]);
});

test('half a file of a crash is no batch; a file that somebody took holds nobody up', async () => {
  await writeFile(join(folder, 'x.receipts.half'), 'cut off');
  const spill = createBatchSpill(folder, 1_000);
  await spill.load();
  expect([spill.batches, await readdir(folder)]).toEqual([0, []]);
  await spill.keep('receipts', aBatch('a'));
  await spill.keep('receipts', aBatch('b'));
  await rm(join(folder, 'a.receipts'));
  expect((await spill.oldest(1))[0].batch.id).toBe('b');
  expect(spill.bytes).toBe(10);
});

test('a disk that refuses says so and counts nothing', async () => {
  const spill = createBatchSpill(join(folder, 'gone'), 1_000);
  await expect(spill.keep('receipts', aBatch('a'))).rejects.toThrow('ENOENT');
  expect([spill.batches, spill.bytes]).toEqual([0, 0]);
});
