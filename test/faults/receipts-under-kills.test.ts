import { missingServers } from '@reelay/native';
import { decodeReceiptBatch, ReceiptBatchWriter } from '@reelay/shared/contracts';
import { openBatchQueue, type Batch } from '@reelay/shared/messaging';
import { aRequestId, waitUntil } from '@reelay/shared/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkReceipts } from '../check-receipts.ts';
import { askSteadily, type Answered, type SteadyAsking } from './ask-steadily.ts';
import { openReceiptPlatform, type ReceiptPlatform } from './receipt-platform.ts';
import type { ServiceProcess } from './service-process.ts';

const missing = await missingServers(['rabbitmq', 'redis', 'mariadb']);
if (missing.length > 0) {
  const sentence = `not run: receipts under kills, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const answersWanted = 10_000;
const users = Array.from({ length: 50 }, (_, at) => 1 + at);
const askers = 16;
/** An id is made a little before or after the time that its receipt carries. */
const clockSlackMs = 2_000;
const withinMs = 5_000;
/** Of a killed gateway receipts of so much traffic may be missing: those of the batch it gathered. */
const gatherMs = 100;
/** Until a sealed batch is confirmed, and for a timer that comes late on a busy machine. */
const confirmMs = 150;
const testTimeoutMs = 230_000;

interface Kill {
  of: 'gateway' | 'rabbitmq' | 'ingestor';
  /** Requests under way at that moment (gateway), receipts without a row (ingestor), batches spilled before it was back (rabbitmq). */
  hit: number;
  /** From the moment at which both were up until each answer had its receipt; where it is the gateway that was killed: none. */
  receiptsAfterMs?: number;
}

describe.runIf(missing.length === 0)('each answer has exactly one receipt', () => {
  let platform: ReceiptPlatform;
  let asking: SteadyAsking;
  const kills: Kill[] = [];
  const late: Kill[] = [];
  const gatewayKilledAt: number[] = [];
  /** So many answers were seen to have their receipts. */
  let checked = 0;
  beforeAll(async () => {
    platform = await openReceiptPlatform();
    const urls = platform.gateways.map(({ url }) => url);
    asking = askSteadily({ urls, users, askers, pauseMs: 25 });
  });
  afterAll(async () => {
    await asking?.stop();
    await platform?.close();
  });

  /** Answers that may be without a receipt: the last ones of a gateway that was killed. */
  const mayBeLost = ({ from, at }: Answered): boolean =>
    from === platform.gateways[0].url &&
    gatewayKilledAt.some((killedAt) => at > killedAt - gatherMs - confirmMs && at < killedAt + confirmMs);

  /** Those of them that have no receipt. One question a user: one an answer would take longer than what is measured. */
  async function without(some: readonly Answered[]): Promise<Answered[]> {
    if (some.length === 0) return [];
    const sinceMs = Math.min(...some.map(({ requestId }) => timeOfRequest(requestId))) - clockSlackMs;
    const asked = [...new Set(some.map(({ userId }) => userId))];
    const found = await Promise.all(
      asked.map((user) => platform.ledger.receiptsOf(user, sinceMs, Number.MAX_SAFE_INTEGER, 1_000_000)),
    );
    const known = new Set(found.flat().map(({ requestId }) => requestId));
    return some.filter(({ requestId }) => !known.has(requestId));
  }

  /** How long it takes until nothing is missing that may not be, of what was answered until now. */
  async function untilReceiptsAreThere(upAt = performance.now()): Promise<number> {
    const some = asking.answered.slice(checked);
    let open = some.filter((one) => !mayBeLost(one) && one.at <= upAt);
    expect(open.length).toBeGreaterThan(0);
    await waitUntil(
      'each answer has its receipt',
      async () => (open = await without(open)).length === 0,
      withinMs + 25_000,
    );
    checked += some.filter(({ at }) => at <= upAt).length;
    return Math.round(performance.now() - upAt);
  }

  const someAnswers = async (count: number): Promise<void> => {
    const target = asking.answered.length + count;
    await waitUntil('answers come', () => asking.answered.length >= target, 60_000);
  };

  async function killGateway(gateway: ServiceProcess): Promise<void> {
    await waitUntil('requests are under way', () => asking.inFlight(gateway.url) > 0);
    const hit = asking.inFlight(gateway.url);
    gatewayKilledAt.push(performance.now());
    await gateway.kill();
    kills.push({ of: 'gateway', hit });
  }

  async function killIngestor(): Promise<void> {
    await platform.ingestor.kill();
    const before = asking.answered.length;
    await someAnswers(300);
    const hit = (await without(asking.answered.slice(before))).length;
    await platform.ingestor.start();
    await waitUntil('the ingestor is ready', () => isReady(platform.ingestor), 30_000);
    kills.push({ of: 'ingestor', hit, receiptsAfterMs: await untilReceiptsAreThere() });
  }

  /** A gateway that has spilled is killed as well: the next one must send what it left. */
  async function killRabbit(alsoGateway: ServiceProcess | undefined): Promise<void> {
    const { rabbitmq, gateways, spilled } = platform;
    await rabbitmq.kill();
    await waitUntil(
      'both gateways spill',
      async () => (await spilled(gateways[0])) > 2 && (await spilled(gateways[1])) > 2,
    );
    if (alsoGateway) await killGateway(alsoGateway);
    const hit = (await spilled(gateways[0])) + (await spilled(gateways[1]));
    await rabbitmq.start();
    const upAt = performance.now();
    if (alsoGateway) await alsoGateway.start();
    kills.push({ of: 'rabbitmq', hit, receiptsAfterMs: await untilReceiptsAreThere(alsoGateway ? undefined : upAt) });
    await waitUntil(
      'nothing is spilled any more',
      async () => (await spilled(gateways[0])) + (await spilled(gateways[1])) === 0,
    );
  }

  /** What comes late is looked at again, once: on a machine that others use one outage may fall into a moment without any time for it. */
  async function inTime(kill: () => Promise<void>): Promise<void> {
    const isLate = () => (kills.at(-1)?.receiptsAfterMs ?? 0) > withinMs;
    await kill();
    if (isLate()) await kill();
    if (isLate()) late.push(kills.at(-1)!);
  }

  test('of 10,000 answers, over kills of gateway, RabbitMQ and ingestor', { timeout: testTimeoutMs }, async () => {
    const [gateway] = platform.gateways;
    try {
      for (let round = 0; round < 3; round++) {
        await someAnswers(300);
        await inTime(killIngestor);
        for (let again = 0; again < 2; again++) {
          await someAnswers(200 + 37 * again);
          await killGateway(gateway);
          await someAnswers(50);
          await gateway.start();
        }
        await someAnswers(200);
        await inTime(() => killRabbit(round % 2 === 0 ? gateway : undefined));
      }
      await waitUntil('10,000 answers', () => asking.answered.length >= answersWanted, 120_000);
      await asking.stop();
      const lastMs = await untilReceiptsAreThere();
      expect(lastMs).toBeLessThanOrEqual(withinMs);
    } catch (error) {
      console.log(await platform.output());
      throw error;
    } finally {
      console.table(kills);
    }
    expect(kills.filter(({ hit }) => hit > 0)).toHaveLength(kills.length);
    expect(late).toEqual([]);
    const lost = await without(asking.answered);
    const fatal = lost.filter((one) => !mayBeLost(one));
    console.log(
      `${asking.answered.length} answers, ${kills.length} kills, ${lost.length} receipts lost with ${gatewayKilledAt.length} killed gateways; oldest ${oldestMs(lost)} ms before its kill`,
    );
    expect(fatal).toEqual([]);
    const ids = asking.answered.map(({ requestId }) => requestId);
    const found = await checkReceipts(ids, users, platform.ledger);
    expect(found).toMatchObject({ missing: lost.length, doubled: 0 });
    // Answered, and its caller was cut off: no more than were under way when a gateway was killed.
    expect(found.unknown).toBeLessThanOrEqual(gatewayKilledAt.length * askers);
  });

  const oldestMs = (lost: Answered[]): number =>
    Math.round(
      Math.max(0, ...lost.map(({ at }) => Math.min(...gatewayKilledAt.map((killedAt) => Math.abs(killedAt - at))))),
    );

  describe('planted faults', () => {
    const swallowed: Batch[] = [];

    test('a batch that somebody takes and drops turns the check red', { timeout: testTimeoutMs }, async () => {
      await asking.stop();
      await platform.ingestor.stop();
      const queue = await openBatchQueue(platform.queueUrl);
      const again = askSteadily({ urls: [platform.gateways[1].url], users: [77], askers: 4, pauseMs: 5 });
      await waitUntil('answers come', () => again.answered.length >= 400);
      await again.stop();
      const thief = await queue.consume('receipts', { inHand: 1 }, async (batches) => {
        if (swallowed.length > 0) throw new Error('one is enough');
        swallowed.push(...batches);
        return batches.map(() => 'done' as const);
      });
      await waitUntil('a batch is taken', () => swallowed.length > 0);
      await thief.stop();
      await queue.close();
      await platform.ingestor.start();
      const ids = again.answered.map(({ requestId }) => requestId);
      const dropped = swallowed.flatMap(({ body }) => decodeReceiptBatch(body)).length;
      expect(dropped).toBeGreaterThan(0);
      const check = () => checkReceipts(ids, [77], platform.ledger);
      await waitUntil('the others are there', async () => (await check()).missing <= dropped, 20_000);
      await pause(1_000);
      expect(await check()).toEqual({ receipts: ids.length - dropped, missing: dropped, doubled: 0, unknown: 0 });
    });

    test('a batch that comes twice under other names is stored once; with other requests in it the check is red', async () => {
      const queue = await openBatchQueue(platform.queueUrl);
      const [{ body }] = swallowed;
      const receipts = decodeReceiptBatch(body);
      for (const id of ['again-1', 'again-2']) await queue.publish('receipts', { id, body });
      const stored = async () =>
        (await platform.ledger.receiptsOf(77, 0, Number.MAX_SAFE_INTEGER, 10_000)).map(({ requestId }) => requestId);
      let ids = await stored();
      await waitUntil('it is stored', async () => {
        ids = await stored();
        return receipts.every(({ requestId }) => ids.includes(requestId));
      });
      expect(new Set(ids).size).toBe(ids.length);
      await queue.publish('receipts', { id: 'forged', body: withOtherIds(body) });
      await waitUntil('it is stored', async () => (await stored()).length > ids.length);
      expect(await checkReceipts(ids, [77], platform.ledger)).toMatchObject({ missing: 0, unknown: receipts.length });
      await queue.close();
    });
  });
});

/** Milliseconds since 1970: the first twelve hex digits of a UUIDv7. */
const timeOfRequest = (requestId: string): number => Number.parseInt(requestId.replaceAll('-', '').slice(0, 12), 16);

const isReady = ({ adminUrl }: ServiceProcess): Promise<boolean> =>
  fetch(`${adminUrl}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

function withOtherIds(body: Uint8Array): Uint8Array {
  const receipts = decodeReceiptBatch(body);
  const writer = new ReceiptBatchWriter(receipts[0].timeMs);
  receipts.forEach(({ build, body: made, ...head }, at) =>
    writer.add({ ...head, requestId: aRequestId(at, head.timeMs) }, build.modelVersion, made),
  );
  return writer.seal([receipts[0].build]);
}
