import type { RecommendJob } from '@reelay/shared/contracts';
import { openWorkQueue } from '@reelay/shared/messaging';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { watchWorkers } from './watch-workers.ts';

test('a track whose last consumer went is known at the next look, and its successor at the one after', async () => {
  const clock = createManualClock();
  const queue = await openWorkQueue<RecommendJob>('memory:');
  const handler = async () => [];
  const taking = await queue.consume('stable', { concurrency: 1 }, handler);
  const workers = watchWorkers({ queue, clock, everyMs: 400 });
  const look = async () => {
    clock.advance(400);
    await waitUntil('the look is over', () => clock.pending === 1);
    return [workers.has('stable'), workers.has('canary')];
  };
  expect([workers.has('stable'), workers.has('canary')]).toEqual([true, true]);
  expect(await look()).toEqual([true, false]);
  await taking.stop();
  expect(await look()).toEqual([false, false]);
  await queue.consume('canary', { concurrency: 1 }, handler);
  expect(await look()).toEqual([false, true]);
  workers.stop();
  expect(clock.pending).toBe(0);
  await queue.close();
});

test('what cannot be known counts as there', async () => {
  const clock = createManualClock();
  const queue = { isUp: () => true, depth: () => Promise.reject(new Error('away')) };
  const workers = watchWorkers({ queue, clock, everyMs: 400 });
  clock.advance(400);
  await waitUntil('the look is over', () => clock.pending === 1);
  expect([workers.has('stable'), workers.has('canary')]).toEqual([true, true]);
  workers.stop();
});
