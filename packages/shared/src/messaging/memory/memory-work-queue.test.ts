import { expect, test } from 'vitest';
import { onceEach, workQueueContract } from '../../testing/index.ts';
import { MemoryWorkQueue } from './memory-work-queue.ts';

workQueueContract({
  name: 'memory',
  open: async () => new MemoryWorkQueue(),
  features: { survivesProcess: false, countsInHand: true, measuresBudgetLeft: true },
});

test('the check of the suite tells a lost and a doubled job from a full set', () => {
  expect(onceEach([0, 1, 2], 3)).toEqual({ missing: [], doubled: [] });
  expect(onceEach([0, 2], 3)).toEqual({ missing: [1], doubled: [] });
  expect(onceEach([2, 0, 1, 0], 3)).toEqual({ missing: [], doubled: [0] });
});

test('the budget that is left is measured', async () => {
  const time = { ms: 0 };
  const clock = { now: () => time.ms, monotonicMs: () => time.ms, after: () => () => {}, sleep: async () => {} };
  const queue = new MemoryWorkQueue<{ id: number }>({ clock });
  await queue.publish('stable', { id: 1 }, { budgetMs: 350 });
  await queue.publish('stable', { id: 2 }, { budgetMs: 100 });
  time.ms = 100;
  const taken: unknown[] = [];
  await queue.consume('stable', { concurrency: 5 }, async (batch) => {
    taken.push(...batch);
    return batch.map(() => 'done' as const);
  });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(taken).toEqual([{ job: { id: 1 }, attempt: 1, budgetLeftMs: 250, takenAtMs: 100 }]);
  await queue.close();
});
