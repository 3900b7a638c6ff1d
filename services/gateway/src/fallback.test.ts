import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { bound } from './testing/bound-port.ts';
import { openWorld, startWorker, watch, workerList, type World } from './testing/world.ts';

const opened: World[] = [];
const open = async (...options: Parameters<typeof openWorld>): Promise<World> => {
  const world = await openWorld(...options);
  opened.push(world);
  return world;
};
afterEach(async () => {
  for (const world of opened.splice(0)) await world.dispose();
});

test('without a worker the fallback comes when the inner timer ends, not before, and is marked', async () => {
  const clock = createManualClock();
  const world = await open({ clock });
  const asked = world.ask(43);
  await waitUntil('the job', async () => (await world.queue.depth('stable')).ready === 1);
  expect(world.gateway.state().requests).toBe(0);
  clock.advance(350);
  const answer = await asked;
  expect(answer).toMatchObject({ outcome: 'fallback', rung: 'demographic', modelVersion: '1-aaaaaa', history: null });
  expect(answer.items.length).toBe(20);
  expect(world.gateway.state()).toEqual({ requests: 1, inTime: 1, model: 0, cache: 0, fallback: 1 });
});

test('without a worker the caller has its answer in 600 ms by the real clock', async () => {
  const world = await open();
  const startedMs = performance.now();
  expect((await world.ask(42)).outcome).toBe('fallback');
  expect(performance.now() - startedMs).toBeLessThan(600);
});

test('a user who had an answer falls back on that one', async () => {
  const clock = createManualClock();
  const world = await open({ clock });
  const jobs = await startWorker(world, (answer, job) => ({
    ...answer,
    items: answer.items.slice(0, jobs.length),
    requestId: job.requestId,
  }));
  await world.ask(42);
  await world.queue.close();
  await watch(world, 42);
  expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'last', history: { items: 0, version: 0 } });
});

test.each([
  ['queue', 'QUEUE_DOWN'],
  ['answers', 'BREAKER_OPEN'],
  ['histories', 'BREAKER_OPEN'],
] as const)('with the %s known to be away the fallback comes at once', async (port, reason) => {
  // The clock stands still: an answer at all shows that nothing waited.
  const world = await open({ clock: createManualClock() });
  await world[port].close();
  expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'popular' });
  const metrics = await world.registry.metrics();
  expect(metrics).toContain(`reelay_gateway_fallbacks_total{reason="${reason}"} 1`);
  expect(metrics).toContain('reelay_gateway_breaker_open 1');
});

test('with the queue away a current answer still comes from the cache', async () => {
  const world = await open({ clock: createManualClock() });
  await startWorker(world);
  await world.ask(42);
  await world.queue.close();
  expect(await world.ask(42)).toMatchObject({ outcome: 'cache', items: workerList(42) });
});

test('without any worker nobody waits, from the second look on', async () => {
  const clock = createManualClock();
  const world = await open({ clock, settings: { WORKERS_LOOK_MS: '400' } });
  clock.advance(400);
  await waitUntil('it is known', async () =>
    (await world.registry.metrics()).includes('reelay_gateway_breaker_open 1'),
  );
  // The clock stands still: an answer at all shows that nothing waited.
  expect((await world.ask(42)).outcome).toBe('fallback');
  expect(await world.registry.metrics()).toContain('reelay_gateway_fallbacks_total{reason="NO_WORKER"} 1');
});

test('a track without workers is answered by those of the other track, before any list of the ladder', async () => {
  const clock = createManualClock();
  const world = await open({ clock, settings: { WORKERS_LOOK_MS: '400' } });
  const jobs: string[] = [];
  await world.queue.consume('canary', { concurrency: 8 }, async (batch) => {
    const posts = batch.map(({ job: { requestId, userId, modelVersion, replyTo } }) => {
      jobs.push(modelVersion);
      const history = { items: 0, version: 0 };
      return { answer: { requestId, userId, modelVersion, history, items: workerList(userId) }, replyTo };
    });
    await world.answers.post(posts);
    return batch.map(() => 'done');
  });
  clock.advance(400);
  await waitUntil('it is known', async () => {
    const asked = world.ask(42);
    await waitUntil('settled', async () => {
      clock.advance(50);
      return world.gateway.state().requests > 0 || world.gateway.state().model > 0;
    });
    return (await asked).outcome !== 'fallback';
  });
  expect(jobs[0]).toBe('1-aaaaaa');
});

test('workers that take jobs and never answer are waited for a few times, then nobody waits; with the first answer all is well', async () => {
  const clock = createManualClock();
  const world = await open({ clock });
  let silent = true;
  await startWorker({
    ...world,
    answers: { ...bound(world.answers), post: async (posts) => (silent ? undefined : world.answers.post(posts)) },
  });
  for (let at = 0; at < 16; at++) {
    const asked = world.ask(100 + at);
    await waitUntil('it waits or is answered', () => {
      clock.advance(350);
      return world.gateway.state().requests === at + 1;
    });
    await asked;
  }
  const metrics = await world.registry.metrics();
  expect(metrics).toMatch(/fallbacks_total\{reason="BREAKER_OPEN"\} [1-9]/);
  silent = false;
  await waitUntil('answers of the model', async () => {
    clock.advance(200);
    return (await world.ask(42)).outcome !== 'fallback';
  });
});

test('a lost history is answered from the ladder, and a worker is not asked', async () => {
  const world = await open({
    clock: createManualClock(),
    change: ({ histories }) => ({
      histories: { ...bound(histories), version: async () => ({ state: 'lost', version: 0 }) },
    }),
  });
  const jobs = await startWorker(world);
  expect([(await world.ask(42)).outcome, jobs.length]).toEqual(['fallback', 0]);
});

test('a cache that hangs costs its limit; then the worker answers', async () => {
  const clock = createManualClock();
  let hanging = 0;
  const latest = () => new Promise<null>(() => void hanging++);
  const world = await open({ clock, change: ({ answers }) => ({ answers: { ...bound(answers), latest } }) });
  await startWorker(world);
  const asked = world.ask(42);
  await waitUntil('the lookup', () => hanging === 1);
  clock.advance(100);
  expect((await asked).outcome).toBe('model');
});

test('a late answer is dropped and counted, and the next request gets its own', async () => {
  const clock = createManualClock();
  const world = await open({ clock });
  const first = world.ask(42);
  await waitUntil('the job', async () => (await world.queue.depth('stable')).ready === 1);
  clock.advance(350);
  expect((await first).outcome).toBe('fallback');
  // The queue keeps its own time, in which this job still has some: the worker takes it, too late for the gateway.
  const jobs = await startWorker(world, (answer, { requestId }) => ({
    ...answer,
    items: [{ id: `for+${requestId.replaceAll('-', '')}+2001`, score: 1 }],
  }));
  await waitUntil('the late job', () => jobs.length === 1);
  await watch(world, 42);
  const second = await world.ask(42);
  expect(second.items).toEqual([{ id: `for+${second.requestId.replaceAll('-', '')}+2001`, score: 1 }]);
  expect(await world.registry.metrics()).toContain('reelay_gateway_unclaimed_answers_total 1');
});

test.each([
  ['the other track', { canary: '2-bbbbbb', share: 0 }, '2-bbbbbb'],
  ['the plan before', { stable: '3-cccccc' }, '1-aaaaaa'],
])('a version that no worker has loaded: %s answers within the same request', async (_what, plan, expected) => {
  const world = await open();
  const missing = 'stable' in plan ? plan.stable : '1-aaaaaa';
  const jobs = await startWorker(world, (answer) =>
    answer.modelVersion === missing ? { ...answer, items: [], problem: 'VERSION_NOT_LOADED' } : answer,
  );
  await world.announce({ epoch: 2, stable: '1-aaaaaa', ...plan });
  expect(await world.ask(42)).toMatchObject({ outcome: 'model', modelVersion: expected });
  expect(jobs.map(({ modelVersion }) => modelVersion)).toEqual([missing, expected]);
});

test('when nobody has any version the ladder answers, after two questions and no more', async () => {
  const world = await open({ clock: createManualClock() });
  const jobs = await startWorker(world, (answer) => ({ ...answer, items: [], problem: 'VERSION_NOT_LOADED' }));
  await world.announce({ epoch: 2, stable: '1-aaaaaa', canary: '2-bbbbbb', share: 0.5 });
  expect((await world.ask(42)).outcome).toBe('fallback');
  expect(jobs.length).toBe(2);
});

test.each([
  ['no item', []],
  ['a movie twice', [workerList(1)[0], workerList(1)[0]]],
  ['an id that would break the line', [{ id: 'a+2001\nb', score: 1 }]],
])('a worker list with %s never leaves the gateway', async (_what, items) => {
  const world = await open({ clock: createManualClock() });
  await startWorker(world, (answer) => ({ ...answer, items }));
  expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'popular' });
});

test('an answer of a version that was withdrawn on its way is not shown', async () => {
  let withdraw: () => Promise<void>;
  const world = await open({
    clock: createManualClock(),
    change: ({ queue }) => ({
      queue: {
        ...bound(queue),
        publish: async (...job) => (await withdraw(), queue.publish(...job)),
      },
    }),
  });
  await startWorker(world);
  withdraw = () => world.announce({ epoch: 2, stable: null, withdrawn: ['1-aaaaaa'] });
  expect((await world.ask(42)).outcome).toBe('fallback');
  expect(await world.registry.metrics()).toContain('reelay_gateway_fallbacks_total{reason="VERSION_WITHDRAWN"} 1');
});

test('above the bound of requests in hand the fallback comes at once', async () => {
  const clock = createManualClock();
  const world = await open({ clock, settings: { IN_FLIGHT_MAX: '1' } });
  const waiting = world.ask(42);
  await waitUntil('the job', async () => (await world.queue.depth('stable')).ready === 1);
  expect((await world.ask(43)).outcome).toBe('fallback');
  expect(await world.registry.metrics()).toContain('reelay_gateway_fallbacks_total{reason="OVERLOAD"} 1');
  clock.advance(350);
  await waiting;
  expect(await world.registry.metrics()).toContain('reelay_gateway_in_flight 0');
});
