import { waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { fallbackReasons } from '@reelay/shared/contracts';
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
