import type { HistoryEvent } from '@reelay/shared/contracts';
import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { HistoryMerger } from './merge-histories.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A store whose merges take `mergeMs` and are kept; `fail` makes the next ones fail. */
function openWorld({ mergeMs = 0 } = {}) {
  const clock = createManualClock();
  const merged: HistoryEvent[] = [];
  const problems: string[] = [];
  const world = { clock, merged, problems, fail: false, isUp: true, merger: undefined as unknown as HistoryMerger };
  const histories = {
    isUp: () => world.isUp,
    async merge(events: HistoryEvent[]) {
      if (world.fail) throw new Error('the store is away');
      if (mergeMs > 0) await clock.sleep(mergeMs);
      merged.push(...events.map((event) => ({ ...event })));
    },
  };
  world.merger = new HistoryMerger({
    histories,
    clock,
    onMerged: () => {},
    onProblem: (problem) => problems.push(problem),
  });
  return world;
}

const users = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);

/** Moves time on until nothing is pending; returns the milliseconds. */
async function settle({ merger, clock }: ReturnType<typeof openWorld>): Promise<number> {
  const startedAt = clock.monotonicMs();
  const settled = merger.settled();
  for (let turns = 0; merger.pending > 0; turns += 1) {
    if (turns > 10_000) throw new Error('never settled');
    await turn();
    clock.advance(10);
  }
  await settled;
  return clock.monotonicMs() - startedAt;
}

test('lines of a user and a movie that wait are one event: the largest minute, the latest time, the newest rating', async () => {
  const world = openWorld();
  world.merger.addWatch(1, 7, 3, 1_000);
  world.merger.add({ userId: 1, itemId: 7, minutes: 0, rating: 4, ratedAt: 1_030, time: 1_030 });
  world.merger.addWatch(1, 7, 2, 1_060);
  world.merger.addWatch(1, 8, 1, 1_060);
  await world.merger.settled();
  expect(world.merged).toEqual([
    { userId: 1, itemId: 7, minutes: 3, rating: 4, ratedAt: 1_030, time: 1_060 },
    { userId: 1, itemId: 8, minutes: 1, rating: 0, ratedAt: 0, time: 1_060 },
  ]);
});

test('every event of a backlog is merged once, and merging leaves most of the time to the log', async () => {
  const world = openWorld({ mergeMs: 10 });
  const all = users(1, 100_000);
  for (const user of all) world.merger.addWatch(user, 7, 1, 1_000);
  const backlogMs = await settle(world);
  expect(world.merged.map(({ userId }) => userId)).toEqual(all);
  expect(backlogMs).toBeGreaterThanOrEqual(10 * (10 + 30));
  const few = openWorld({ mergeMs: 10 });
  for (const user of users(1, 5_000)) few.merger.addWatch(user, 7, 1, 1_000);
  expect(await settle(few)).toBeLessThan(40);
});

test('what waits when a merge fails is given up, and every user of it is named', async () => {
  const world = openWorld();
  for (const user of users(1, 12_000)) world.merger.addWatch(user, 7, 1, 1_000);
  world.fail = true;
  await world.merger.push();
  for (const user of users(20_000, 10)) world.merger.addWatch(user, 7, 1, 1_000);
  await world.merger.settled();
  expect({ merged: world.merged.length, problems: world.problems.length }).toEqual({ merged: 0, problems: 1 });
  expect(world.merger.takeMissed()).toEqual(new Set([...users(1, 12_000), ...users(20_000, 10)]));
});

test('a store that is away holds up nobody; its users are named', async () => {
  const world = openWorld();
  world.isUp = false;
  world.merger.addWatch(5, 7, 1, 1_000);
  await world.merger.push();
  expect(world.merger.pending).toBe(0);
  expect(world.merger.takeMissed()).toEqual(new Set([5]));
});
