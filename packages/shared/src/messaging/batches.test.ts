import { expect, test } from 'vitest';
import { afterFailure, runBatch, splitBatches } from './batches.ts';
import type { Delivery } from './work-queue.ts';

const delivery = (attempt: number): Delivery<number> => ({ job: attempt, attempt, budgetLeftMs: 1, takenAtMs: 0 });

const throwing = (): never => {
  throw new Error('planted');
};

test('first attempts share a batch, each later one is alone', () => {
  expect(splitBatches([1, 2, 1, 3].map(delivery)).map((batch) => batch.map(({ attempt }) => attempt))).toEqual([
    [1, 1],
    [2],
    [3],
  ]);
  expect(splitBatches([])).toEqual([]);
});

test('verdicts become outcomes; a third failure is the last', async () => {
  const batch = [delivery(1), delivery(1), delivery(3), delivery(1)];
  expect(await runBatch(async () => ['done', 'retry', 'retry', { reject: 'never' }], batch)).toEqual([
    { kind: 'done' },
    { kind: 'again' },
    { kind: 'dead', reason: 'failed 3 times, last: handler asked for a retry' },
    { kind: 'dead', reason: 'never' },
  ]);
});

test('a handler that throws, at once or later, or miscounts fails its whole batch and nothing else', async () => {
  const again = [{ kind: 'again' }, { kind: 'again' }];
  const two = [delivery(1), delivery(2)];
  expect(await runBatch(throwing, two)).toEqual(again);
  expect(await runBatch(async () => throwing(), two)).toEqual(again);
  expect(await runBatch(async () => ['done'], two)).toEqual(again);
  expect(afterFailure(3, 'planted')).toEqual({ kind: 'dead', reason: 'failed 3 times, last: planted' });
});
