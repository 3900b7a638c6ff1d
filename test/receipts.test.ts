import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingServers, startNativeServer } from '@reelay/native';
import type { Receipt } from '@reelay/shared/contracts';
import type { BatchQueue } from '@reelay/shared/messaging';
import type { Ledger } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { checkReceipts } from './check-receipts.ts';
import { openReceiptWorld, type ReceiptWorld } from './receipt-world.ts';

const users = Array.from({ length: 1_000 }, (_, at) => 1 + (at % 50));
const clean = (receipts: number) => ({ receipts, missing: 0, doubled: 0, unknown: 0 });

let world: ReceiptWorld | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** Waits until nothing is missing, or the time is up; then says what it found. */
async function settled(answered: string[], ledger: Pick<Ledger, 'receiptsOf'>, withinMs = 15_000) {
  const check = () => checkReceipts(answered, users, ledger);
  await waitUntil('no receipt missing', async () => (await check()).missing === 0, withinMs).catch(() => {});
  return check();
}

test('of 1,000 answers each has exactly one receipt, over stops of the ingestor and of the gateway', async () => {
  world = await openReceiptWorld({ queueUrl: 'memory:' });
  const answered = await world.ask(users.slice(0, 400));
  await world.restartIngestor();
  answered.push(...(await world.ask(users.slice(400, 700))));
  await world.restartGateway();
  answered.push(...(await world.ask(users.slice(700))));
  expect(answered.length).toBe(1_000);
  expect(await settled(answered, world.ledger)).toEqual(clean(1_000));
});

/** The queue with one batch sent otherwise; `rows` says how many batches it met. */
function tampering(queue: BatchQueue, send: (publish: () => Promise<void>) => Promise<void>): BatchQueue {
  let met = 0;
  const publish: BatchQueue['publish'] = (...args) =>
    ++met === 2 ? send(() => queue.publish(...args)) : queue.publish(...args);
  return new Proxy(queue, {
    get: (target, name: keyof BatchQueue) =>
      name === 'publish' ? publish : typeof target[name] === 'function' ? target[name].bind(target) : target[name],
  });
}

describe('planted faults', () => {
  test('a batch that is confirmed and lost turns the check red', async () => {
    world = await openReceiptWorld({ queueUrl: 'memory:', queueOf: (queue) => tampering(queue, async () => {}) });
    const answered = await world.ask(users.slice(0, 600));
    const found = await settled(answered, world.ledger, 2_000);
    expect(found.missing).toBeGreaterThan(0);
    expect(found.receipts + found.missing).toBe(600);
  });

  test('a doubled batch counts once in the ledger, and turns the check red where identities are not looked at', async () => {
    const twice = (queue: BatchQueue) =>
      tampering(queue, async (publish) => {
        await publish();
        await publish();
      });
    world = await openReceiptWorld({ queueUrl: 'memory:', queueOf: twice });
    const answered = await world.ask(users.slice(0, 600));
    expect(await settled(answered, world.ledger)).toEqual(clean(600));
    await world.close();

    const kept: Receipt[] = [];
    const forgetful = (ledger: Ledger): Ledger => ({
      ...ledger,
      async addReceipts(batches) {
        for (const { receipts } of batches) kept.push(...receipts);
        return { accepted: 0, repeated: 0 };
      },
      receiptsOf: async (userId) => kept.filter((receipt) => receipt.userId === userId),
    });
    world = await openReceiptWorld({ queueUrl: 'memory:', queueOf: twice, ledgerOf: forgetful });
    const again = await world.ask(users.slice(0, 600));
    await waitUntil('the doubled batch', () => kept.length > 600);
    const found = await settled(again, forgetful(world.ledger));
    expect([found.missing, found.doubled > 0]).toEqual([0, true]);
  });
});

const rabbit = process.env.REELAY_TEST_SERVERS !== 'off' && (await missingServers(['rabbitmq'])).length === 0;

describe.runIf(rabbit)('on a RabbitMQ that is killed', () => {
  test('answers go on, and each has exactly one receipt when it is back', { timeout: 120_000 }, async () => {
    const home = await mkdtemp(join(tmpdir(), 'reelay-killed-'));
    const server = await startNativeServer('rabbitmq', { home });
    try {
      world = await openReceiptWorld({ queueUrl: server.url });
      const answered = await world.ask(users.slice(0, 300));
      const [, during] = await Promise.all([server.kill(), world.ask(users.slice(300, 500))]);
      answered.push(...during, ...(await world.ask(users.slice(500, 700))));
      expect(await world.spilled()).toBeGreaterThan(0);
      const [, meanwhile] = await Promise.all([server.start(), world.ask(users.slice(700, 800))]);
      answered.push(...meanwhile, ...(await world.ask(users.slice(800))));
      expect(answered.length).toBe(1_000);
      expect(await settled(answered, world.ledger, 30_000)).toEqual(clean(1_000));
    } finally {
      await world?.close();
      world = undefined;
      await server.stop();
      await rm(home, { recursive: true, force: true });
    }
  });
});
