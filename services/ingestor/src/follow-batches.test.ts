import { openBatchQueue, type Batch, type BatchQueue } from '@reelay/shared/messaging';
import { ReceiptBatchWriter, type Feedback, type Receipt } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import { aReceipt, waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';

const aBatch = (id: string, receipts: Receipt[]): Batch => {
  const writer = new ReceiptBatchWriter(1_714_521_600_000);
  for (const { build, body, ...head } of receipts) writer.add(head, build.modelVersion, body);
  return { id, body: writer.seal(receipts.slice(0, 1).map(({ build }) => build)) };
};
const some = (from: number, to: number): Receipt[] => Array.from({ length: to - from }, (_, at) => aReceipt(from + at));
const judgements = (id: string, ...feedback: Partial<Feedback>[]): Batch => {
  const whole = feedback.map((change, at) => ({
    userId: 7,
    itemId: 'heat+1995',
    kind: 'liked',
    idempotencyKey: `${id}-${at}`,
    timeMs: 1_714_521_600_000,
    ...change,
  }));
  return { id, body: new TextEncoder().encode(JSON.stringify(whole)) };
};

let world: IngestWorld;
let batches: BatchQueue;
beforeEach(async () => {
  world = await openIngestWorld();
  batches = await openBatchQueue('memory:');
});
afterEach(async () => {
  await world.close();
  await batches.close();
});
const stored = () => world.ledger.receiptsOf(876_543, 0, Number.MAX_SAFE_INTEGER, 10_000);

test('each receipt is in the ledger once, however often its batch comes', async () => {
  await (await world.another({ batches, settings: { RECEIPTS_KEEP_DAYS: 0 } })).start();
  const [first, second] = [aBatch('a', some(0, 200)), aBatch('b', some(190, 300))];
  await Promise.all([first, second, first].map((batch) => batches.publish('receipts', batch)));
  await batches.publish('receipts', first);
  expect(await stored()).toEqual(some(0, 300));
});

test('a ledger that is away is waited for, and the log goes on being read', async () => {
  let failures = 0;
  const away = (ledger: Ledger): Ledger => ({
    ...ledger,
    addReceipts: (batch) =>
      failures++ < 3 ? Promise.reject(new AppError('LEDGER_DOWN', 'planted')) : ledger.addReceipts(batch),
  });
  const ingestor = await world.another({ batches, wrap: away, settings: { RECEIPTS_KEEP_DAYS: 0 } });
  await ingestor.start();
  const published = batches.publish('receipts', aBatch('a', some(0, 5)));
  await world.eventLog.append(testTopic, ['2024-05-01T00:00:00,7,GET /rate/heat+1995=4']);
  await ingestor.drained(testTopic, 10_000);
  await published;
  expect(failures).toBe(4);
  expect(await stored()).toEqual(some(0, 5));
  expect((await world.ledger.counts()).ratings).toBe(1);
});

test('a batch that is none is set apart; so is one that the tables refuse, and neither takes the others along', async () => {
  const picky = (ledger: Ledger): Ledger => ({
    ...ledger,
    addReceipts: (read) =>
      read.some(({ id }) => id === 'refused')
        ? Promise.reject(new AppError('DATA_INVALID', 'planted'))
        : ledger.addReceipts(read),
  });
  await (await world.another({ batches, wrap: picky, settings: { RECEIPTS_KEEP_DAYS: 0 } })).start();
  const all = [
    aBatch('a', some(0, 5)),
    { id: 'broken', body: Uint8Array.of(1, 2, 3) },
    aBatch('refused', some(5, 9)),
    aBatch('b', some(10, 12)),
  ];
  await Promise.all(all.map((batch) => batches.publish('receipts', batch)));
  expect((await stored()).map(({ requestId }) => requestId)).toEqual(
    [...some(0, 5), ...some(10, 12)].map(({ requestId }) => requestId),
  );
  expect((await batches.rejected('receipts', 10)).map(({ batch }) => batch.id)).toEqual(['broken', 'refused']);
});

test('feedback is in the history a moment later, and in what the next training reads; what comes again adds nothing', async () => {
  await (await world.another({ batches, settings: { RECEIPTS_KEEP_DAYS: 0 } })).start();
  const batch = judgements(
    'a',
    { kind: 'watched', minutes: 45 },
    { itemId: 'alien+1979', kind: 'disliked' },
    { itemId: 'big+1988', kind: 'ignored' },
    { itemId: 'cube+1997' },
  );
  await batches.publish('feedback', batch);
  const evidence = async () =>
    (await world.histories.read([7]))[0].entries.map(({ minutes, rating }) => [minutes, rating]);
  await waitUntil('the history', async () => (await evidence()).length === 3);
  expect((await evidence()).toSorted(([a, b], [c, d]) => a - c || b - d)).toEqual([
    [0, 1],
    [0, 5],
    [45, 0],
  ]);
  await batches.publish('feedback', batch);
  await batches.publish('feedback', judgements('b', { idempotencyKey: 'a-0', kind: 'watched', minutes: 90 }));
  const read: number[][] = [];
  await world.ledger.interactions((rows) => void read.push(...rows.map(({ minutes, rating }) => [minutes, rating])));
  expect(read).toEqual([
    [45, 0],
    [0, 1],
    [0, 5],
  ]);
});

test('receipts of old days go by themselves', async () => {
  await world.ledger.addReceipts([{ id: 'old', receipts: some(0, 5) }]);
  expect((await stored()).length).toBe(5);
  await (await world.another({ batches, settings: { RECEIPTS_KEEP_DAYS: 7 } })).start();
  await waitUntil('dropped', async () => (await stored()).length === 0);
});
