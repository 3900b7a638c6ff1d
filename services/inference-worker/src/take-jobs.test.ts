import { emptyPlan } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { aJob, openWorld, type World } from './testing/world.ts';

const [one, two] = ['1-aaaaaa', '2-bbbbbb'];
const stable = { ...emptyPlan, epoch: 1, stable: one };
const canary = { ...stable, epoch: 2, canary: two, share: 0.2, salt: 'second' };

async function using(
  settings: Record<string, string>,
  use: (world: World) => Promise<void>,
  clock?: Clock,
): Promise<void> {
  const world = await openWorld({ settings, ...(clock && { clock }) });
  try {
    await world.put(one);
    await world.announce(stable);
    await world.worker.start();
    await use(world);
  } finally {
    await world.dispose();
  }
}

/** Whether somebody takes jobs of this queue now. */
const isTaken = async ({ queue }: World, slot: 'stable' | 'canary') => (await queue.depth(slot)).consumers > 0;

test("a worker of the canary leaves stable's queue when it has the canary, and is back when the canary ends", () =>
  using({ WORKER_SLOT: 'canary' }, async (world) => {
    await world.put(two, { seed: 2 });
    expect((await world.ask(1, one)).problem).toBeUndefined();
    await world.announce(canary);
    await waitUntil("it leaves stable's queue", async () => !(await isTaken(world, 'stable')));
    expect((await world.ask(2, two, 'canary')).modelVersion).toBe(two);
    await world.queue.publish('stable', { ...aJob, requestId: 'waits', modelVersion: two }, { budgetMs: 60_000 });
    expect((await world.queue.depth('stable')).ready).toBe(1);
    await world.announce({ ...canary, epoch: 3, stable: two, canary: null, share: 0 });
    await waitUntil('it answers for stable', () => world.arrived.has('waits'));
    expect(world.arrived.get('waits')?.problem).toBeUndefined();
  }));

test('after an abort it answers for stable at once: it kept it warm', () =>
  using({ WORKER_SLOT: 'canary', KEEP_OLD_MS: '0' }, async (world) => {
    await world.put(two, { seed: 2 });
    await world.announce(canary);
    await waitUntil("it leaves stable's queue", async () => !(await isTaken(world, 'stable')));
    await world.announce({ ...stable, epoch: 3, withdrawn: [two] });
    expect((await world.ask(3, one)).problem).toBeUndefined();
    expect((await world.ask(3, two, 'canary')).problem).toBe('VERSION_NOT_LOADED');
  }));

test('a worker of the canary that cannot load it goes on for stable', () =>
  using({ WORKER_SLOT: 'canary' }, async (world) => {
    await world.announce(canary); // and there is no such version
    expect((await world.ask(4, two, 'canary')).problem).toBe('VERSION_NOT_LOADED');
    expect((await world.ask(4, one)).problem).toBeUndefined();
  }));

test('a worker of stable neither holds the canary nor takes its jobs', () =>
  using({ WORKER_SLOT: 'stable' }, async (world) => {
    await world.put(two, { seed: 2 });
    await world.announce(canary);
    await waitUntil("it leaves the canary's queue", async () => !(await isTaken(world, 'canary')));
    expect((await world.ask(5, one)).problem).toBeUndefined();
    expect(world.worker.versions).toEqual([one]);
  }));

test('below its bound a worker of the canary serves stable', () =>
  using({ WORKER_SLOT: 'canary', CANARY_ABOVE_SHARE: '0.5' }, async (world) => {
    await world.put(two, { seed: 2 });
    await world.announce(canary);
    await waitUntil("it leaves the canary's queue", async () => !(await isTaken(world, 'canary')));
    expect((await world.ask(6, one)).problem).toBeUndefined();
    await world.announce({ ...canary, epoch: 3, share: 0.6 });
    await waitUntil('it is one of the canary', async () => !(await isTaken(world, 'stable')));
    expect((await world.ask(6, two, 'canary')).modelVersion).toBe(two);
  }));

test('a worker that has one job in hand waits for no others to join it', () =>
  using(
    { CONCURRENCY: '1' },
    async (world) => {
      for (const userId of [1, 2, 3]) expect((await world.ask(userId, one)).problem).toBeUndefined();
    },
    // It never moves, so what waits for it waits for ever.
    createManualClock(),
  ));
