import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeReceiptBatch, decodeReceiptBody, encodeReceiptBody, type Receipt } from '@reelay/shared/contracts';
import { openBatchQueue, type Batch, type BatchQueue } from '@reelay/shared/messaging';
import { AppError } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import { aReceiptBody, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorld, startWorker, type World } from './testing/world.ts';

let folder: string;
let batches: BatchQueue;
let taken: Batch[];
let isUp = true;
let world: World | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-receipts-'));
  batches = await openBatchQueue('memory:');
  taken = [];
  isUp = true;
});
afterEach(async () => {
  await world?.dispose();
  world = undefined;
  await batches.close();
  await rm(folder, { recursive: true, force: true });
});

/** A queue that can be away. */
const faulty = (): BatchQueue =>
  new Proxy(batches, {
    get(queue, name: keyof BatchQueue) {
      if (name === 'isUp') return () => isUp;
      if (name !== 'publish') return (queue[name] as () => unknown).bind(queue);
      return (...args: Parameters<BatchQueue['publish']>) =>
        isUp ? queue.publish(...args) : Promise.reject(new AppError('QUEUE_DOWN', 'planted'));
    },
  });

async function open(
  settings: Record<string, string> = {},
  options: Parameters<typeof openWorld>[0] = {},
): Promise<World> {
  const spill = join(folder, 'spill');
  world = await openWorld({
    settings: { RECEIPTS_SPILL_DIR: spill, LEDGER_URL: `sqlite:${folder}/ledger.db`, ...settings },
    change: () => ({ batches: faulty() }),
    ...options,
  });
  return world;
}
const consume = (kind: 'receipts' | 'feedback' = 'receipts') =>
  batches.consume(kind, { inHand: 20 }, async (arrived) => {
    taken.push(...arrived);
    return arrived.map(() => 'done');
  });
const receipts = (): Receipt[] => taken.flatMap(({ body }) => decodeReceiptBatch(body));
const receiptOf = async (requestId: string): Promise<Receipt> => {
  await waitUntil('the receipt', () => receipts().some((receipt) => receipt.requestId === requestId));
  return receipts().filter((receipt) => receipt.requestId === requestId)[0];
};

test('every answer leaves one receipt: of the model with its trace, of the cache with the request it repeats, of the ladder with its group', async () => {
  const { ask } = await open();
  await consume();
  const trace = encodeReceiptBody(aReceiptBody({ history: [{ index: 5, minutes: 9, rating: 4 }] }));
  const stranger = await ask(2);
  await startWorker(world as World, (answer) => ({ ...answer, trace: Buffer.from(trace).toString('base64') }));
  const made = await ask(1);
  const again = await ask(1);
  expect(await receiptOf(made.requestId)).toMatchObject({
    userId: 1,
    outcome: 'model',
    track: 'stable',
    rung: null,
    reason: null,
    shown: 20,
    repeats: null,
    history: made.history,
    build: { modelVersion: '1-aaaaaa', dataVersion: expect.any(String), commit: expect.stringMatching(/./) },
    body: trace,
  });
  const { workMs, latencyMs } = await receiptOf(made.requestId);
  expect(workMs).toBeGreaterThan(0);
  expect(workMs).toBeLessThanOrEqual(latencyMs + 0.1);
  expect((await receiptOf(made.requestId)).build.dataVersion).not.toBe('');
  expect(await receiptOf(again.requestId)).toMatchObject({
    outcome: 'cache',
    repeats: made.requestId,
    workMs: null,
    body: trace,
  });
  const fallback = await receiptOf(stranger.requestId);
  expect(fallback).toMatchObject({ outcome: 'fallback', reason: 'TIMEOUT', repeats: null, history: null });
  expect(fallback.workMs, 'who waited in vain, waited').toBeGreaterThan(0);
  expect(decodeReceiptBody(fallback.body).list.form).toBe('ready');
  expect(
    receipts()
      .map(({ requestId }) => requestId)
      .toSorted(),
  ).toEqual([stranger, made, again].map(({ requestId }) => requestId).toSorted());
});

test('an answer without a trace is written out, and so is a list before the first model', async () => {
  const { ask } = await open();
  await consume();
  await startWorker(world as World);
  const { requestId, items } = await ask(1);
  const { list } = decodeReceiptBody((await receiptOf(requestId)).body);
  expect(list.form === 'text' && list.items.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
});

test('while the queue is away receipts go to the disk, none is answered later for it, and each arrives once when it is back', async () => {
  const { ask, gateway } = await open();
  await consume();
  await startWorker(world as World);
  isUp = false;
  const asked: string[] = [];
  for (let user = 1; user <= 300; user++) asked.push((await ask(user)).requestId);
  await waitUntil('spilled', async () => (await readdir(join(folder, 'spill'))).length > 0);
  expect(receipts()).toEqual([]);
  isUp = true;
  await waitUntil('all of them', () => receipts().length >= 300);
  expect(
    receipts()
      .map(({ requestId }) => requestId)
      .toSorted(),
  ).toEqual(asked.toSorted());
  await waitUntil('an empty disk', async () => (await readdir(join(folder, 'spill'))).length === 0);
  expect(gateway.state().requests).toBe(300);
});

test('a gateway that stops leaves its receipts on disk, and the next one sends them', async () => {
  isUp = false;
  const { ask, dispose } = await open();
  const { requestId } = await ask(1);
  await dispose();
  world = undefined;
  expect((await readdir(join(folder, 'spill'))).length).toBe(1);
  isUp = true;
  await open();
  await consume();
  expect((await receiptOf(requestId)).userId).toBe(1);
});

test('a folder that cannot be used costs no answer, not even a start', async () => {
  isUp = false;
  const { ask, lines } = await open({ RECEIPTS_SPILL_DIR: '/dev/null/spill' });
  expect((await ask(1)).items.length).toBeGreaterThan(0);
  expect(lines.some(({ msg }) => msg === 'the spill folder cannot be used')).toBe(true);
});

test('without room on disk receipts are dropped and counted, and answers go on', async () => {
  isUp = false;
  const { ask, registry } = await open({ RECEIPTS_SPILL_BYTES: '10' });
  await ask(1);
  await waitUntil('counted', async () =>
    (await registry.metrics()).includes('reelay_gateway_batch_rows_total{kind="receipts",outcome="dropped"} 1'),
  );
  expect((await ask(2)).items.length).toBeGreaterThan(0);
});

test('/provenance shows the ids of an answer; without a receipt it is a 404, for no id a 400', async () => {
  const { ask, get } = await open();
  const ledger = await openLedger(`sqlite:${folder}/ledger.db`);
  await batches.consume('receipts', { inHand: 20 }, async (arrived) => {
    await ledger.addReceipts(arrived.map(({ id, body }) => ({ id, receipts: decodeReceiptBatch(body) })));
    return arrived.map(() => 'done');
  });
  const answer = await ask(1);
  await waitUntil('the receipt', async () => (await ledger.receipt(answer.requestId)) !== null);
  const response = await get(`/provenance/${answer.requestId}`);
  expect(response.status).toBe(200);
  const shown = (await response.json()) as { items: { id: string }[]; modelVersion: string; reason: string };
  expect(shown.items.map(({ id }) => id)).toEqual(answer.items.map(({ id }) => id));
  expect([shown.modelVersion, shown.reason]).toEqual([answer.modelVersion, 'TIMEOUT']);
  expect((await get('/provenance/0190f000-0000-7000-8000-000000000000')).status).toBe(404);
  expect((await get('/provenance/42')).status).toBe(400);
  await ledger.close();
});

const judgement = { userId: 7, itemId: 'heat+1995', kind: 'liked', idempotencyKey: 'k1' };
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch((world as World).url('/feedback'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

test('feedback is 202 when it is safe, in the queue or on disk, and 503 when it is not', async () => {
  await open({ RECEIPTS_SPILL_BYTES: '200' });
  await consume('feedback');
  expect((await post(judgement)).status).toBe(202);
  expect(JSON.parse(new TextDecoder().decode(taken[0].body))).toEqual([{ ...judgement, timeMs: expect.any(Number) }]);
  isUp = false;
  expect((await post(judgement)).status).toBe(202);
  expect((await readdir(join(folder, 'spill'))).length).toBe(1);
  const full = await Promise.all([post(judgement), post(judgement), post(judgement)]);
  expect(full.map(({ status }) => status)).toEqual([503, 503, 503]);
});

test.each([
  ['no JSON', '{"userId":'],
  ['an unknown kind', { ...judgement, kind: 'loved' }],
  ['an item that is none', { ...judgement, itemId: 'Heat 1995' }],
  ['a user that is none', { ...judgement, userId: 0 }],
  ['watched without minutes', { ...judgement, kind: 'watched' }],
  ['minutes of something else', { ...judgement, minutes: 5 }],
  ['no key', { ...judgement, idempotencyKey: '' }],
  ['a field too many', { ...judgement, price: 1 }],
])('feedback with %s is a 400 with a code', async (_what, body) => {
  await open();
  const response = await post(body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_INVALID' } });
});

test('with keys, nobody gets in without one, not even from this host; /recommend needs none', async () => {
  const { get, ask } = await open({ API_KEYS: 'first, second' });
  await consume('feedback');
  const without: Record<string, string>[] = [{}, { authorization: 'Bearer wrong' }, { 'x-api-key': 'firs' }];
  for (const headers of without) {
    expect((await post(judgement, headers)).status).toBe(401);
    expect((await get('/provenance/42', headers)).status).toBe(401);
  }
  expect((await post(judgement, { authorization: 'Bearer second' })).status).toBe(202);
  expect((await get('/provenance/42', { 'x-api-key': 'first' })).status).toBe(400);
  expect((await ask(1)).items.length).toBeGreaterThan(0);
});
