import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startNativeServer } from '@reelay/native';
import { decodeReceiptBatch, encodeReceiptBody, ReceiptBatchWriter } from '@reelay/shared/contracts';
import { openBatchQueue, type Batch } from '@reelay/shared/messaging';
import { aReceipt, aReceiptBody } from '@reelay/shared/testing/receipt-builders';
import { row, type Row } from '../print-table.ts';
import type { PeakOptions } from './measure-rounds.ts';
import { cpuSecondsOf } from './run-ingestor.ts';

const receiptsPerBatch = 200;
const batches = 500;
/** Batches that wait for their confirmation; a gateway has fewer. */
const inFlight = 10;

/** CPU of a RabbitMQ of its own for a receipt, from the publisher to the ack of the consumer. */
export async function measureReceipts(home: string, { rounds }: PeakOptions): Promise<Row[]> {
  const server = await startNativeServer('rabbitmq', { home: join(home, 'servers') });
  try {
    const figures: { brokerMicros: number; bytes: number }[] = [];
    await sendBatches(server.url, sealedBatches()); // the first ones pay for compiling
    for (let round = 0; round < rounds; round += 1) {
      const sent = sealedBatches();
      const before = await cpuSecondsOf(server.pid);
      await sendBatches(server.url, sent);
      const receipts = batches * receiptsPerBatch;
      const bytes = sent.reduce((sum, { body }) => sum + body.length, 0);
      figures.push({
        brokerMicros: ((await cpuSecondsOf(server.pid)) - before) * (1e6 / receipts),
        bytes: bytes / receipts,
      });
      console.error(JSON.stringify(figures.at(-1)));
    }
    const remark = `batches of ${receiptsPerBatch}, confirmed and acked, ${figures[0].bytes.toFixed(0)} B a receipt`;
    return [
      row(
        'CPU of RabbitMQ for a receipt',
        'µs',
        figures.map(({ brokerMicros }) => brokerMicros),
        remark,
      ),
    ];
  } finally {
    await server.stop();
  }
}

function sealedBatches(): Batch[] {
  const body = encodeReceiptBody(aReceiptBody());
  return Array.from({ length: batches }, (_, batch) => {
    const writer = new ReceiptBatchWriter(1_714_521_600_000);
    for (let at = 0; at < receiptsPerBatch; at += 1) {
      const receipt = aReceipt(batch * receiptsPerBatch + at);
      writer.add(receipt, receipt.build.modelVersion, body);
    }
    return { id: randomUUID(), body: writer.seal([aReceipt(0).build]) };
  });
}

/** Returns when every receipt was confirmed, and taken and acked by a consumer. */
async function sendBatches(url: string, sent: Batch[]): Promise<void> {
  const queue = await openBatchQueue(url, { namespace: `bench-${randomUUID()}` });
  const { promise, resolve } = Promise.withResolvers<void>();
  let taken = 0;
  const consumer = await queue.consume('receipts', { inHand: 20 }, async (arrived) => {
    for (const { body } of arrived) taken += decodeReceiptBatch(body).length;
    if (taken >= batches * receiptsPerBatch) resolve();
    return arrived.map(() => 'done');
  });
  for (let first = 0; first < sent.length; first += inFlight)
    await Promise.all(sent.slice(first, first + inFlight).map((batch) => queue.publish('receipts', batch)));
  await promise;
  await consumer.stop();
  await queue.close();
  if (taken !== batches * receiptsPerBatch) throw new Error(`${taken} receipts arrived`);
}
