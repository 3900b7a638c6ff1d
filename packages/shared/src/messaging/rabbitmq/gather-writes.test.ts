import { setImmediate as nextTurn } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { gatherWrites } from './gather-writes.ts';

function recorder() {
  const calls: string[][] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      calls.push([chunk.toString()]);
      done();
    },
    writev(chunks, done) {
      calls.push(chunks.map(({ chunk }) => (chunk as Buffer).toString()));
      done();
    },
  });
  return { stream, calls };
}

test('the writes of one turn go out together and in order, those of the next turn after them', async () => {
  const { stream, calls } = recorder();
  gatherWrites(stream);
  for (const text of ['a', 'b', 'c']) stream.write(text);
  await nextTurn();
  stream.write('d');
  await nextTurn();
  expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
});

test('without it each write is a call of its own', async () => {
  const { stream, calls } = recorder();
  for (const text of ['a', 'b']) stream.write(text);
  await nextTurn();
  expect(calls).toEqual([['a'], ['b']]);
});

test('the end of the stream comes after what was written in the same turn', async () => {
  const { stream, calls } = recorder();
  gatherWrites(stream);
  stream.write('a');
  stream.end('b');
  await new Promise((resolve) => stream.once('finish', resolve));
  expect(calls.flat()).toEqual(['a', 'b']);
});
