import { createServer, type AddressInfo } from 'node:net';
import type { Subscription } from '@reelay/shared/messaging';
import {
  createManualClock,
  lifecycleContract,
  tinyFirstItemId,
  waitUntil,
  type ServiceUnderTest,
} from '@reelay/shared/testing';
import { recommendReference } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { arraysOf } from './testing/probed-model.ts';
import type { InferenceWorkerDeps } from './service.ts';
import { aJob, openWorld, type World } from './testing/world.ts';

async function using(options: Parameters<typeof openWorld>[0], use: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld(options);
  try {
    await use(world);
  } finally {
    await world.dispose();
  }
}

/** Items 4 and 8, as the histories hold them and as the recommender takes them. */
const watched = [4, 8].map((index) => ({
  itemId: tinyFirstItemId + index,
  minutes: 60,
  rating: 5,
  ratedAt: 1,
  time: 1,
}));
const history = [4, 8].map((index) => ({ index, minutes: 60, rating: 5 }));

test('a job is answered from the history as it is now, with the list of the reference', () =>
  using({}, async (world) => {
    const model = await world.put('1-aaaaaa');
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await world.worker.start();
    await world.histories.merge(watched.map((entry) => ({ ...entry, userId: 42 })));
    const answer = await world.ask(42, '1-aaaaaa');
    const expected = recommendReference(arraysOf(model), { history, seen: [4, 8], group: 42 % 3, count: 20 });
    expect(answer.items.map(({ id }) => id)).toEqual(expected.map(({ index }) => model.catalogue[index]?.id));
    expect(answer.history).toEqual({ items: 2, version: 2 });
    expect(await world.answers.latest(42)).toEqual(answer);
  }));

test('a swap under continuous jobs: every job is answered, each list wholly by the version that was asked for', () =>
  using({}, async (world) => {
    const versions = {
      '1-aaaaaa': await world.put('1-aaaaaa', { seed: 1 }),
      '2-bbbbbb': await world.put('2-bbbbbb', { seed: 2 }),
    };
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await world.worker.start();
    const users = Array.from({ length: 200 }, (_, at) => 3 * at);
    await world.histories.merge(users.flatMap((userId) => watched.map((entry) => ({ ...entry, userId }))));
    const expected = Object.entries(versions).map(([version, model]): [string, (string | undefined)[]] => {
      const list = recommendReference(arraysOf(model), { history, seen: [4, 8], group: 0, count: 20 });
      return [version, list.map(({ index }) => model.catalogue[index]?.id)];
    });
    const lists = new Map(expected);
    expect(lists.get('1-aaaaaa')).not.toEqual(lists.get('2-bbbbbb'));
    let asked = '1-aaaaaa';
    for (const [at, userId] of users.entries()) {
      if (at === 50) await world.announce({ epoch: 2, stable: '2-bbbbbb' });
      if (world.worker.versions.includes('2-bbbbbb')) asked = at % 2 === 0 ? '2-bbbbbb' : '1-aaaaaa';
      const answer = await world.ask(userId, asked);
      expect([answer.problem, answer.modelVersion]).toEqual([undefined, asked]);
      expect(answer.items.map(({ id }) => id)).toEqual(lists.get(asked));
    }
    expect(
      [...world.arrived.values()].filter(({ modelVersion }) => modelVersion === '2-bbbbbb').length,
    ).toBeGreaterThan(50);
  }));

test('a version that does not pass its checks never answers; the old one goes on', () => {
  const clock = createManualClock();
  return using({ clock }, async (world) => {
    await world.put('1-aaaaaa');
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await world.worker.start();
    await world.announce({ epoch: 2, stable: '9-ffffff' });
    await waitUntil('the failed load', () => world.lines.some(({ code }) => code === 'ARTIFACT_NOT_FOUND'));
    expect((await world.ask(42, '9-ffffff')).problem).toBe('VERSION_NOT_LOADED');
    // Batches begin some milliseconds after one another.
    clock.advance(10);
    expect((await world.ask(42, '1-aaaaaa')).items.length).toBe(20);
  });
});

test('a stop waits for the jobs in hand: each is answered, and none is taken any more', async () => {
  let [reading, openGate] = [0, () => {}];
  const gate = new Promise<void>((resolve) => (openGate = resolve));
  const change = ({ histories }: InferenceWorkerDeps): Partial<InferenceWorkerDeps> => {
    const read = histories.read.bind(histories);
    histories.read = async (userIds) => {
      reading += userIds.length;
      await gate;
      return read(userIds);
    };
    return {};
  };
  await using({ change }, async (world) => {
    await world.put('1-aaaaaa');
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await world.worker.start();
    const publish = (requestId: string) => world.queue.publish('stable', { ...aJob, requestId }, { budgetMs: 60_000 });
    await Promise.all(['r1', 'r2', 'r3'].map(publish));
    await waitUntil('three jobs in hand', () => reading === 3);
    let stopped = false;
    const stopping = world.worker.stop().then(() => (stopped = true));
    await publish('too late');
    await new Promise((resolve) => setImmediate(resolve));
    expect([stopped, world.arrived.size]).toEqual([false, 0]);
    openGate();
    await stopping;
    await waitUntil('three answers', () => world.arrived.size === 3);
    expect([...world.arrived.keys()].toSorted()).toEqual(['r1', 'r2', 'r3']);
    expect((await world.queue.depth('stable')).ready).toBe(1);
  });
});

test('both slots are served, each by the version that its jobs name', () =>
  using({}, async (world) => {
    await world.put('1-aaaaaa', { seed: 1 });
    await world.put('2-bbbbbb', { seed: 2 });
    await world.announce({ epoch: 1, stable: '1-aaaaaa', canary: '2-bbbbbb', share: 0.5 });
    await world.worker.start();
    const [stable, canary] = [await world.ask(42, '1-aaaaaa'), await world.ask(42, '2-bbbbbb', 'canary')];
    expect([stable.modelVersion, canary.modelVersion]).toEqual(['1-aaaaaa', '2-bbbbbb']);
    expect(stable.items).not.toEqual(canary.items);
  }));

test('it is ready when it has a model, and not before', () =>
  using({ settings: { ADMIN_PORT: '0' } }, async (world) => {
    await world.worker.start();
    const readiness = async () => (await fetch(`http://127.0.0.1:${world.worker.adminPort}/readyz`)).status;
    expect(await readiness()).toBe(503);
    await world.put('1-aaaaaa');
    await world.announce({ epoch: 1, stable: '1-aaaaaa' });
    await waitUntil('ready', async () => (await readiness()) === 200);
  }));

async function make(settings: Record<string, string> = {}): Promise<ServiceUnderTest> {
  let subscriptions = 0;
  const counted = async (subscribed: Promise<Subscription>): Promise<Subscription> => {
    const subscription = await subscribed;
    subscriptions++;
    return { stop: () => subscription.stop().finally(() => subscriptions--) };
  };
  const clock = createManualClock();
  const world = await openWorld({
    settings,
    clock,
    change({ plans, queue }) {
      const [watch, consume] = [plans.watch.bind(plans), queue.consume.bind(queue)];
      plans.watch = (onPlan) => counted(watch(onPlan));
      queue.consume = (...args) => counted(consume(...args));
      return {};
    },
  });
  await world.put('1-aaaaaa');
  await world.announce({ epoch: 1, stable: '1-aaaaaa' });
  const open = () => subscriptions + clock.pending + (world.worker.adminPort > 0 ? 1 : 0);
  return { service: world.worker, open, dispose: () => world.dispose() };
}

async function makeFailing(): Promise<ServiceUnderTest> {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const made = await make({ ADMIN_PORT: `${(squatter.address() as AddressInfo).port}` });
  const free = () => new Promise<void>((resolve) => squatter.close(() => resolve()));
  const dispose = async () => {
    await free();
    await made.dispose?.();
  };
  return { ...made, dispose };
}

lifecycleContract('inference-worker', { make: () => make({ ADMIN_PORT: '0' }), makeFailing });
