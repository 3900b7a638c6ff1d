import { errorResponse, recommendResponse } from '@reelay/shared/contracts';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { openWorld, startWorker, workerList, type World } from './testing/world.ts';

const opened: World[] = [];
const open = async (...options: Parameters<typeof openWorld>): Promise<World> => {
  const world = await openWorld(...options);
  opened.push(world);
  return world;
};
afterEach(async () => {
  for (const world of opened.splice(0)) await world.dispose();
});

const json = { accept: 'application/json' };
const wish = async (world: World, query: string) =>
  recommendResponse.parse(await (await world.get(`/recommend/42?${query}`, json)).json());

test('a shorter plain list is the beginning of the plain one, and both serve each other from the cache', async () => {
  const world = await open();
  const jobs = await startWorker(world);
  const short = await wish(world, 'n=3');
  expect([short.outcome, short.items]).toEqual(['model', workerList(42).slice(0, 3)]);
  expect(await world.ask(42)).toMatchObject({ outcome: 'cache', items: workerList(42) });
  expect(await wish(world, 'n=5')).toMatchObject({ outcome: 'cache', items: workerList(42).slice(0, 5) });
  expect(jobs.map(({ count, rules }) => [count, rules])).toEqual([[20, undefined]]);
});

test('rules travel in the job; the answer comes from a worker, and is neither taken from the cache nor kept in it', async () => {
  const world = await open();
  // What a worker does with rules is its own test; here it shows that they arrived.
  const jobs = await startWorker(world, (answer, { rules }) =>
    rules ? { ...answer, items: [{ id: 'to+a+wish+2001', score: 1 }] } : answer,
  );
  await world.ask(42);
  const wished = await wish(world, 'n=30&offset=2&exclude=heat+1995&genre=Drama,Comedy&maxAge=12&seen=include');
  expect([wished.outcome, wished.items]).toEqual(['model', [{ id: 'to+a+wish+2001', score: 1 }]]);
  expect(jobs[1]).toMatchObject({
    count: 30,
    rules: { offset: 2, exclude: ['heat+1995'], genres: ['Drama', 'Comedy'], maxAge: 12, includeSeen: true },
  });
  expect(await world.ask(42)).toMatchObject({ outcome: 'cache', items: workerList(42) });
  await world.queue.close();
  expect(await world.ask(42)).toMatchObject({ outcome: 'cache', items: workerList(42) });
});

test('where rules leave nothing, the answer is an empty list of the model', async () => {
  const world = await open();
  await startWorker(world, (answer, { rules }) => (rules ? { ...answer, items: [] } : answer));
  expect(await wish(world, 'genre=western')).toMatchObject({ outcome: 'model', items: [] });
});

test('the fallback keeps to the rules', async () => {
  const world = await open({ clock: createManualClock() });
  await world.queue.close();
  const plain = (await world.ask(42)).items.map(({ id }) => id);
  const ids = async (query: string) => (await wish(world, query)).items.map(({ id }) => id);
  expect(await ids('n=2')).toEqual(plain.slice(0, 2));
  expect(await ids(`exclude=${plain[0]},${plain[2]}&n=2`)).toEqual([plain[1], plain[3]]);
  expect(await ids('offset=3&n=2')).toEqual(plain.slice(3, 5));
  // Every second movie of the tiny model is a comedy.
  const comedies = await ids('genre=comedy');
  expect([comedies.length > 0, comedies.every((id) => Number(id.split('+')[2]) % 2 === 1)]).toEqual([true, true]);
  // A fifth of them is for everybody, and a fifth is not rated.
  const all = await ids('n=100&maxAge=120');
  const forAll = await ids('n=100&maxAge=5');
  expect([all.length > forAll.length, forAll.length > 0]).toEqual([true, true]);
  expect(new Set(forAll.map((id) => Number(id.split('+')[2]) % 5))).toEqual(new Set([0]));
  expect(all.filter((id) => Number(id.split('+')[2]) % 5 === 4)).toEqual([]);
  expect(await wish(world, 'genre=western')).toMatchObject({ outcome: 'fallback', rung: 'empty', items: [] });
});

test.each(['n=0', 'n=1001', 'offset=x', 'exclude=Heat', 'seen=maybe', 'maxAge=x', 'what=this', 'n=%zz'])(
  '?%s: 400 with a code for JSON callers, and no job; for text callers the plain list',
  async (query) => {
    const world = await open();
    const jobs = await startWorker(world);
    const refused = await world.get(`/recommend/42?${query}`, json);
    expect([refused.status, errorResponse.parse(await refused.json()).error.code]).toEqual([400, 'REQUEST_INVALID']);
    expect(jobs).toEqual([]);
    const text = await world.get(`/recommend/42?${query}`);
    expect([text.status, (await text.text()).split(',').length]).toEqual([200, 20]);
  },
);

test('a caller in a hurry gets the fallback in the own time, and one with patience in ours', async () => {
  const clock = createManualClock();
  const world = await open({ clock });
  const ask = (timeout: string) => world.get('/recommend/42', { ...json, 'x-request-timeout-ms': timeout });
  const jobsWait = (ready: number) =>
    waitUntil('the job', async () => (await world.queue.depth('stable')).ready === ready);
  const hurried = ask('100');
  await jobsWait(1);
  clock.advance(89);
  expect(world.gateway.state().requests).toBe(0);
  clock.advance(1);
  expect((await hurried).status).toBe(200);
  const patient = ask('60000');
  await jobsWait(2);
  clock.advance(349);
  expect(world.gateway.state().requests).toBe(1);
  clock.advance(1);
  expect(await (await patient).json()).toMatchObject({ outcome: 'fallback' });
});

test.each(['soon', '-5', '1e9', ''])('a time-out of "%s" is none, and costs no answer', async (timeout) => {
  const world = await open();
  await startWorker(world);
  const response = await world.get('/recommend/42', { 'x-request-timeout-ms': timeout });
  expect([response.status, (await response.text()).split(',').length]).toEqual([200, 20]);
});

test('a caller without any time left gets the fallback at once', async () => {
  const world = await open({ clock: createManualClock() });
  const response = await world.get('/recommend/42', { ...json, 'x-request-timeout-ms': '5' });
  expect(await response.json()).toMatchObject({ outcome: 'fallback' });
});
