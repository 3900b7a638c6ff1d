import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { fallbackReasons } from './answer-request.ts';
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

const line = (userId: number): string => workerList(userId).map(({ id }) => id).join(','); // prettier-ignore

test('the text answer is one line of ids, joined by commas, and nothing else', async () => {
  const world = await open();
  await startWorker(world);
  const response = await world.get('/recommend/42');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(response.headers.get('etag')).toBeNull();
  expect(response.headers.get('x-powered-by')).toBeNull();
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(line(42)));
});

test.each(['*/*', 'text/html', 'text/plain, application/json', 'image/png'])('Accept: %s gets text', async (accept) => {
  const world = await open();
  await startWorker(world);
  const response = await world.get('/recommend/42', { accept });
  expect([response.headers.get('content-type'), await response.text()]).toEqual([
    'text/plain; charset=utf-8',
    line(42),
  ]);
});

test('Accept: application/json gets the answer with its scores and where it came from', async () => {
  const world = await open();
  await startWorker(world);
  await watch(world, 42);
  expect(await world.ask(42)).toEqual({
    requestId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    userId: 42,
    outcome: 'model',
    modelVersion: '1-aaaaaa',
    history: { items: 1, version: 1 },
    items: workerList(42),
  });
});

test('the second answer comes from the cache, and no job is published for it', async () => {
  const world = await open();
  const jobs = await startWorker(world);
  const first = await world.ask(42);
  const second = await world.ask(42);
  expect([first.outcome, second.outcome, jobs.length]).toEqual(['model', 'cache', 1]);
  expect(second).toMatchObject({ modelVersion: first.modelVersion, history: first.history, items: first.items });
  expect(second.requestId).not.toBe(first.requestId);
});

test('one more event, or another version, makes the cached answer stale', async () => {
  const world = await open();
  await startWorker(world);
  await world.ask(42);
  await watch(world, 42);
  expect(await world.ask(42)).toMatchObject({ outcome: 'model', history: { items: 1, version: 1 } });
  await world.announce({ epoch: 2, stable: '2-bbbbbb' });
  expect(await world.ask(42)).toMatchObject({ outcome: 'model', modelVersion: '2-bbbbbb' });
  expect(await world.ask(42)).toMatchObject({ outcome: 'cache', modelVersion: '2-bbbbbb' });
});

/** An answer is current when it was made from the announced version and the user's history as it is. */
async function isCurrent(world: World, userId: number): Promise<boolean> {
  const { modelVersion, history } = await world.ask(userId);
  const [plan, present] = [await world.plans.current(), await world.histories.version(userId)];
  return modelVersion === plan?.stable && history?.version === present.version;
}

test.each([
  ['an event', (world: World) => watch(world, 42)],
  ['a release', (world: World) => world.announce({ epoch: 2, stable: '2-bbbbbb' })],
])('answers are current after %s', async (_what, change) => {
  const world = await open();
  await startWorker(world);
  expect(await isCurrent(world, 42)).toBe(true);
  await change(world);
  expect(await isCurrent(world, 42)).toBe(true);
});

test('planted fault: a gateway that sees an old history serves a stale cache, and the check of currency finds it', async () => {
  const frozen = { state: 'cold', version: 0 } as const;
  const world = await open({
    change: ({ histories }) => ({
      histories: { ...bound(histories), version: async () => frozen },
    }),
  });
  await startWorker(world);
  expect(await isCurrent(world, 42)).toBe(true);
  await watch(world, 42);
  expect(await isCurrent(world, 42)).toBe(false);
});

test('planted fault: a gateway that never hears of the new plan is found by the check of currency', async () => {
  const world = await open({
    change: ({ plans }) => ({
      plans: {
        ...bound(plans),
        watch: async (onPlan) => {
          const plan = await plans.current();
          if (plan) onPlan(plan);
          return { stop: async () => {} };
        },
      },
    }),
  });
  await startWorker(world);
  expect(await isCurrent(world, 42)).toBe(true);
  await world.announce({ epoch: 2, stable: '2-bbbbbb' });
  expect(await isCurrent(world, 42)).toBe(false);
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

test.each(['queue', 'answers', 'histories'] as const)(
  'with the %s known to be away the fallback comes at once',
  async (port) => {
    // The clock stands still: an answer at all shows that nothing waited.
    const world = await open({ clock: createManualClock() });
    await world[port].close();
    expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'popular' });
    const metrics = await world.registry.metrics();
    expect(metrics).toContain('reelay_gateway_fallbacks_total{reason="BREAKER_OPEN"} 1');
    expect(metrics).toContain('reelay_gateway_breaker_open 1');
  },
);

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
  ['a movie twice', [workerList(1)[0]!, workerList(1)[0]!]],
  ['an id that would break the line', [{ id: 'a+2001\nb', score: 1 }]],
])('a worker list with %s never leaves the gateway', async (_what, items) => {
  const world = await open({ clock: createManualClock() });
  await startWorker(world, (answer) => ({ ...answer, items }));
  expect(await world.ask(42)).toMatchObject({ outcome: 'fallback', rung: 'popular' });
});

test('an answer of a version that was withdrawn on its way is not shown', async () => {
  let withdraw = async (): Promise<void> => {};
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

test('the same user asking twice at once shares one job, each with a request id of its own', async () => {
  const world = await open();
  const [first, second] = [world.ask(42), world.ask(42)];
  await waitUntil('both asked', async () => (await world.registry.metrics()).includes('reelay_gateway_in_flight 2'));
  await waitUntil('the job', async () => (await world.queue.depth('stable')).ready > 0);
  const jobs = await startWorker(world);
  const answers = await Promise.all([first, second]);
  expect(answers.map(({ outcome }) => outcome)).toEqual(['model', 'model']);
  expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(2);
  expect(jobs.length).toBe(1);
});

test('a new release under continuous requests: never a fallback, never a mixture of versions', async () => {
  const world = await open();
  await startWorker(world);
  const seen: string[] = [];
  for (let at = 0; at < 300; at++) {
    if (at === 100) await world.announce({ epoch: 2, stable: '2-bbbbbb' });
    const { outcome, modelVersion, items } = await world.ask(1_000 + at);
    expect(outcome).toBe('model');
    expect(items).toEqual(workerList(1_000 + at, modelVersion ?? ''));
    seen.push(modelVersion ?? '');
  }
  expect(seen).toEqual([...Array<string>(100).fill('1-aaaaaa'), ...Array<string>(200).fill('2-bbbbbb')]);
});

test('metrics stay a closed set whatever is asked', async () => {
  const world = await open();
  await startWorker(world);
  for (const id of [...Array.from({ length: 300 }, (_, at) => `${at}`), 'abc', '%zz', '-1'])
    await world.get(`/recommend/${id}`);
  const series = (await world.registry.metrics()).split('\n').filter((text) => text !== '' && !text.startsWith('#'));
  expect(series.length).toBeLessThan(100);
  expect(fallbackReasons.length).toBeLessThan(20);
});

/** A port's methods, bound, so that some can be replaced. */
function bound<T extends object>(port: T): T {
  return new Proxy({} as T, {
    get: (_, name) => bindOf(port, name),
    ownKeys: () => Reflect.ownKeys(Object.getPrototypeOf(port) as object),
    getOwnPropertyDescriptor: (_, name) => ({ configurable: true, enumerable: true, value: bindOf(port, name) }),
  });
}

function bindOf(port: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(port, name);
  return typeof value === 'function' ? (value.bind(port) as unknown) : value;
}
