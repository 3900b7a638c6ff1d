import { openPlans, type Plans } from '@reelay/shared/messaging';
import { createRegistry } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { createManualClock, lifecycleContract, waitUntil, type ManualClock } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { releaseRoutes, type ReleasesView } from './admin-routes.ts';
import { releaseManagerConfig } from './config.ts';
import { createReleaseManager, type ReleaseManager } from './service.ts';
import { goodMetrics, openReleaseWorld, type ReleaseWorld } from './testing/release-world.ts';

const config = releaseManagerConfig.parse({});
const away = () => Promise.reject(new AppError('STORE_DOWN', 'planted'));
const createFor = (world: ReleaseWorld, clock: ManualClock, plans: Plans = world.plans) =>
  createReleaseManager({ ...world, plans, config, clock, registry: createRegistry() });

lifecycleContract('release-manager', {
  async make() {
    const world = await openReleaseWorld();
    const clock = createManualClock();
    return { service: createFor(world, clock), open: () => clock.pending, dispose: () => world.dispose() };
  },
  async makeFailing() {
    const world = await openReleaseWorld();
    await world.ledger.close();
    const clock = createManualClock();
    return { service: createFor(world, clock), open: () => clock.pending, dispose: () => world.dispose() };
  },
});

describe('a running release-manager', () => {
  let world: ReleaseWorld;
  let clock: ManualClock;
  let manager: ReleaseManager;
  let plans: Plans;
  /** The store that readers see; put another one here and the old one is lost. */
  let store: Plans;

  beforeEach(async () => {
    world = await openReleaseWorld();
    clock = createManualClock();
    store = world.plans;
    plans = {
      isUp: () => store.isUp(),
      announce: (plan) => store.announce(plan),
      current: () => store.current(),
      watch: (onPlan) => store.watch(onPlan),
      close: () => store.close(),
    };
    manager = createFor(world, clock, plans);
    await manager.start();
  });
  afterEach(async () => {
    await manager.stop();
    await world.dispose();
  });

  const released = async () => (await world.ledger.plan()).stable;
  /** Moves the clock on whenever the loop sleeps. */
  const afterPolls = (what: string, condition: () => Promise<boolean>) =>
    waitUntil(what, async () => {
      if (clock.pending > 0) clock.advance(config.RELEASE_POLL_MS);
      return condition();
    });

  test('finds a candidate at its next poll', async () => {
    const id = await world.addCandidate();
    await afterPolls('the candidate is stable', async () => (await released()) === id);
  });

  test('announces the plan again when the store was emptied', async () => {
    const id = await world.addCandidate();
    await manager.round();
    store = await openPlans('memory:');
    await afterPolls('the plan is heard again', async () => (await store.current())?.stable === id);
  });

  test('goes on when the store was away', async () => {
    const id = await world.addCandidate();
    store = { ...plans, announce: away, current: away };
    await expect(manager.round()).rejects.toThrow('planted');
    expect(manager.healthy()).toBe(false);
    expect(await released()).toBe(id);
    store = world.plans;
    await afterPolls('the plan is heard', async () => (await store.current())?.stable === id);
    await waitUntil('healthy again', () => manager.healthy());
  });

  test('shows the plan and every version with its reason and figures', async () => {
    const good = await world.addCandidate();
    const bad = await world.addCandidate({ ...goodMetrics, ndcgAt10: 0.1 });
    await manager.round();
    const view = (await releaseRoutes(world.ledger)['GET /admin/releases'](undefined, {})) as ReleasesView;
    expect(view.plan).toMatchObject({ epoch: 1, stable: good });
    expect(view.versions).toMatchObject([
      { number: 1, id: good, state: 'released', metrics: goodMetrics },
      { number: 2, id: bad, state: 'refused', metrics: { ndcgAt10: 0.1 } },
    ]);
  });
});
