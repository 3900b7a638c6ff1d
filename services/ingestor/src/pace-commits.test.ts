import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { paceCommits } from './pace-commits.ts';

const paced = (everyMs = 200) => {
  const clock = createManualClock();
  const stop = new AbortController();
  const calls: number[][] = [];
  const handle = paceCommits(
    async (arrived: number[]) => {
      calls.push(arrived);
      return arrived.map(() => 'done');
    },
    { everyMs, backlog: 10, clock, signal: stop.signal },
  );
  return { clock, stop, calls, handle };
};
/** Whether it has settled by now. */
const isOver = async (work: Promise<unknown>): Promise<boolean> => {
  let over = false;
  void work.then(() => (over = true));
  await new Promise((resolve) => setImmediate(resolve));
  return over;
};

test('the first is written at once, and the next call waits until its time', async () => {
  const { clock, calls, handle } = paced();
  const first = handle([1]);
  expect(await isOver(first)).toBe(false);
  expect(calls).toEqual([[1]]);
  clock.advance(199);
  expect(await isOver(first)).toBe(false);
  clock.advance(1);
  expect(await first).toEqual(['done']);
});

test('planted: without a pause nothing waits', async () => {
  expect(await isOver(paced(0).handle([1]))).toBe(true);
});

test('a backlog and a stop end the pause', async () => {
  const { stop, handle } = paced();
  expect(await isOver(handle(Array.from({ length: 10 }, (_, at) => at)))).toBe(true);
  const last = handle([1]);
  expect(await isOver(last)).toBe(false);
  stop.abort();
  expect(await last).toEqual(['done']);
});

test('what cannot be written fails without a pause', async () => {
  const { clock, stop } = paced();
  const failing = paceCommits(() => Promise.reject(new Error('planted')), {
    everyMs: 200,
    backlog: 10,
    clock,
    signal: stop.signal,
  });
  await expect(failing([1])).rejects.toThrow('planted');
});
