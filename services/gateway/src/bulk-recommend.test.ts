import { afterEach, beforeEach, expect, test } from 'vitest';
import { bulkResponse, bulkUsersMax, encodeReceiptBody, itemSources } from '@reelay/shared/contracts';
import { aReceiptBody } from '@reelay/shared/testing';
import { openWorld, startWorker, watch, workerList, type World } from './testing/world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.dispose());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(world.url('/recommendations'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const ask = async (userIds: number[], n?: number) => {
  const response = await post({ userIds, ...(n && { n }) });
  expect(response.status).toBe(200);
  return bulkResponse.parse(await response.json());
};
const many = Array.from({ length: bulkUsersMax }, (_, at) => at + 1);

test(`each of ${bulkUsersMax} users gets the list of a single request, once`, async () => {
  const jobs = await startWorker(world);
  await watch(world, 7);
  const { recommendations, users, fallbacks } = await ask([...many.slice(0, 999), 7]);
  expect({ users, fallbacks, asked: Object.keys(recommendations).length }).toEqual({
    users: 999,
    fallbacks: 0,
    asked: 999,
  });
  for (const userId of many.slice(0, 999))
    expect(recommendations[userId]).toMatchObject({ outcome: 'model', items: workerList(userId) });
  expect(jobs).toHaveLength(999);
});

test('a list is as long as was asked for, and what is kept and fresh comes from the cache', async () => {
  await startWorker(world);
  await ask([1, 2]);
  const { recommendations } = await ask([1, 3], 5);
  expect(recommendations[1]).toMatchObject({ outcome: 'cache', items: workerList(1).slice(0, 5) });
  expect(recommendations[3]).toMatchObject({ outcome: 'model', items: workerList(3).slice(0, 5) });
});

test('a list longer than the usual is made as long as asked for', async () => {
  const jobs = await startWorker(world);
  await ask([1], 50);
  expect(jobs).toMatchObject([{ userId: 1, count: 50 }]);
  expect((await post({ userIds: [1], n: 201 })).status).toBe(400);
});

test('who fails gets the fallback, marked; the others their own', async () => {
  await startWorker(world, (answer, { userId }) =>
    userId % 10 === 0 ? { ...answer, items: [], problem: 'HISTORY_LOST' } : answer,
  );
  const { recommendations, fallbacks } = await ask(many.slice(0, 50));
  expect(fallbacks).toBe(5);
  expect(recommendations[20]).toMatchObject({ outcome: 'fallback', rung: 'demographic' });
  expect(recommendations[20]?.items).toHaveLength(20);
  expect(recommendations[21]).toMatchObject({ outcome: 'model' });
});

test('without workers all are answered with fallbacks within the time', async () => {
  await world.dispose();
  world = await openWorld({ settings: { BULK_TIMEOUT_MS: '500' } });
  const { users, fallbacks } = await ask(many);
  expect({ users, fallbacks }).toEqual({ users: bulkUsersMax, fallbacks: bulkUsersMax });
});

test('each item names what brought it up, as in a single answer', async () => {
  const listed = workerList(1).map((_, index) => ({
    index,
    score: 1,
    source: itemSources[index % itemSources.length],
  }));
  const body = { ...aReceiptBody(), list: { form: 'indices' as const, items: listed } };
  const trace = Buffer.from(encodeReceiptBody(body)).toString('base64');
  await startWorker(world, (answer, { userId }) =>
    userId === 1 ? { ...answer, trace } : { ...answer, items: [], problem: 'HISTORY_LOST' },
  );
  const { recommendations } = await ask([1, 2], 7);
  const sources = (userId: number) => recommendations[userId]?.items.map(({ source }) => source);
  expect(sources(1)).toEqual(listed.slice(0, 7).map(({ source }) => source));
  expect(new Set(sources(2)).size).toBe(1);
  expect(['prior', 'popular']).toContain(sources(2)?.[0]);
});

test.each([
  {},
  { userIds: [] },
  { userIds: ['7'] },
  { userIds: [0] },
  { userIds: [1.5] },
  { userIds: [7], n: 0 },
  { userIds: [7], more: true },
  { userIds: Array.from({ length: bulkUsersMax + 1 }, (_, at) => at + 1) },
])('a body that is no such list is a 400 (%#)', async (body) => {
  expect((await post(body)).status).toBe(400);
});

test('a key is needed where there are keys', async () => {
  await world.dispose();
  world = await openWorld({ settings: { API_KEYS: 'secret' } });
  expect((await post({ userIds: [1] })).status).toBe(401);
  expect((await post({ userIds: [1] }, { 'x-api-key': 'secret' })).status).toBe(200);
});
