import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecommendJob } from '@reelay/shared/contracts';
import { openLedger } from '@reelay/shared/storage';
import { aReceipt, aRequestId, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorld, startWorker, type World } from './testing/world.ts';

const key = { 'x-api-key': 'my-key' };
let folder: string;
let world: World;
let taken: RecommendJob[];

async function open(version: string | null, worker = true): Promise<void> {
  const settings = { API_KEYS: 'my-key', LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}` };
  world = await openWorld({ settings, version });
  if (worker) taken = await startWorker(world);
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-users-'));
});
afterEach(async () => {
  await world.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function get(path: string): Promise<{ status: number; body: unknown }> {
  const response = await world.get(path, key);
  return { status: response.status, body: await response.json() };
}
const error = (status: number, code: string) => ({ status, body: { error: { code } } });

test('similar items, vectors and estimates are what a worker says, and are nobody’s answer', async () => {
  await open('1-aaaaaa');
  await waitUntil('a worker is seen', async () => (await get('/similar/heat+1995')).status === 200);
  expect(await get('/similar/heat%2B1995?n=7')).toEqual({
    status: 200,
    body: {
      itemId: 'heat+1995',
      modelVersion: '1-aaaaaa',
      by: 'factors',
      items: [{ id: 'ronin+1998', score: 0.9 }],
    },
  });
  expect(taken.at(-1)).toMatchObject({ userId: 0, enquiry: { kind: 'similar', itemId: 'heat+1995', count: 7 } });
  expect(await get('/users/42/vector')).toMatchObject({
    status: 200,
    body: { userId: 42, modelVersion: '1-aaaaaa', history: { items: 0 }, vector: [0.5, -1] },
  });
  expect(await get('/users/0042/ratings/heat+1995')).toMatchObject({
    status: 200,
    body: { userId: 42, itemId: 'heat+1995', rating: 3.75 },
  });
  expect(await world.answers.latest(42)).toBeNull();
});

test('two who enquire at once get each their own', async () => {
  await open('1-aaaaaa');
  const [vector, rating, list] = await Promise.all([
    get('/users/42/vector'),
    get('/users/42/ratings/heat+1995'),
    world.ask(42),
  ]);
  expect([vector.body, rating.body]).toMatchObject([{ vector: [0.5, -1] }, { rating: 3.75 }]);
  expect(list.items.length).toBe(20);
});

test.each([
  ['/similar/no+such+movie+1900', error(404, 'NOT_FOUND')],
  ['/users/42/ratings/no+such+movie+1900', error(404, 'NOT_FOUND')],
  ['/users/abc/vector', error(400, 'USER_ID_INVALID')],
  ['/users/0/ratings/heat+1995', error(400, 'USER_ID_INVALID')],
  ['/users/abc/recommendations', error(400, 'USER_ID_INVALID')],
  ['/users/42/recommendations?limit=0', error(400, 'REQUEST_INVALID')],
  ['/similar/heat+1995?n=0', error(400, 'REQUEST_INVALID')],
  ['/similar/heat+1995?n=201', error(400, 'REQUEST_INVALID')],
  ['/similar/heat+1995?count=5', error(400, 'REQUEST_INVALID')],
  ['/similar/%E0%A4', error(400, 'REQUEST_INVALID')],
])('%s', async (path, expected) => {
  await open('1-aaaaaa');
  expect(await get(path)).toMatchObject(expected);
});

test('before the first model, and without workers, it is a 503 and not a guess', async () => {
  await open(null, false);
  for (const path of ['/similar/heat+1995', '/users/42/vector', '/users/42/ratings/heat+1995'])
    expect(await get(path)).toMatchObject(error(503, 'NOT_RUNNING'));
  await world.dispose();
  await open('1-aaaaaa', false);
  expect(await get('/users/42/vector')).toMatchObject(error(503, 'NOT_RUNNING'));
});

test('a user’s answers come from the ledger, a page at a time', async () => {
  await open('1-aaaaaa', false);
  const ledger = await openLedger(`sqlite:${join(folder, 'ledger.db')}`);
  const timeMs = Date.parse('2026-11-21T10:00:00Z');
  const receipts = [0, 1, 2].map((at) =>
    aReceipt(at, { userId: 42, timeMs: timeMs + at, requestId: aRequestId(at, timeMs + at) }),
  );
  await ledger.addReceipts([{ id: 'batch-1', receipts }]);
  await ledger.close();
  const ids = receipts.map(({ requestId }) => requestId);
  const first = await get('/users/42/recommendations?from=2026-11-21&to=2026-11-22&limit=2');
  expect(first).toMatchObject({
    status: 200,
    body: { userId: 42, answers: [{ requestId: ids[0], userId: 42 }, { requestId: ids[1] }] },
  });
  const { next } = first.body as { next: string };
  expect(await get(`/users/42/recommendations?to=2026-11-22&limit=2&after=${next}`)).toMatchObject({
    body: { answers: [{ requestId: ids[2] }], next: null },
  });
  expect(await get('/users/43/recommendations?from=2026-11-21')).toMatchObject({ body: { answers: [], next: null } });
});
