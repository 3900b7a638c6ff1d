import { missingServers } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DiskFault } from './limited-disk.ts';
import { startForgetfulIngestor } from './forgetful-ingestor.ts';
import { openIngestFaultWorld, partitions, type IngestFaultWorld } from './ingest-fault-world.ts';
import { badEvery, madeLines, pumpLines, type Pump } from './pump-lines.ts';
import { sendReceipts } from './send-some-receipts.ts';
import { endOfLog, lostOrDoubled, runIngestFault, type IngestFault } from './run-ingest-fault.ts';

const missing = await missingServers(['kafka', 'mariadb', 'rabbitmq']);
if (missing.length > 0) {
  const sentence = `not run: faults of ingest, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const testTimeoutMs = 150_000;
const linesPerSecond = 1_000;
const flushLines = 1_000;
/** One window that is being committed and one that gathers, a partition. */
const gatheredMax = 2 * flushLines * partitions;
const settings = {
  FLUSH_LINES: String(flushLines),
  FLUSH_IDLE_MS: '200',
  KAFKA_SESSION_TIMEOUT_MS: '6000',
};

const slowSql: Omit<IngestFault, 'gatheredMax'> = {
  title: 'SQL takes 1 s a statement',
  // Half of it on the way there, half on the way back.
  strike: ({ sql }) => sql.set({ latencyMs: 500 }),
  heal: ({ sql }) => sql.heal(),
  reason: 'slow',
  lastsMs: 14_000,
};
const sqlGone: Omit<IngestFault, 'gatheredMax'> = {
  title: 'SQL is a black hole',
  strike: ({ sql }) => sql.set('blackhole'),
  heal: ({ sql }) => sql.heal(),
  reason: 'slow',
  lastsMs: 20_000,
};
const fullDisk = ({ way, hitsLog, fill, free }: DiskFault): Omit<IngestFault, 'gatheredMax'> => ({
  title: `the disk is full, by ${way}`,
  strike: ({ ingestor }) => fill(ingestor.pid),
  heal: ({ ingestor }) => free(ingestor.pid),
  reason: 'disk_full',
  silent: hitsLog,
  lastsMs: 4_000,
});

const lines = madeLines(1);

describe.runIf(missing.length === 0)('an ingestor under faults of what it writes to and reads from', () => {
  let world: IngestFaultWorld;
  beforeAll(async () => {
    world = await openIngestFaultWorld(settings);
    await world.ingestor.start();
  });
  afterAll(async () => {
    // A test that failed has not stopped its own.
    await Promise.all(flows.map((flow) => flow.stop()));
    await world?.close();
  });

  const flows: Pump[] = [];
  function pump(): Pump {
    const flow = pumpLines(world.eventLog, lines, linesPerSecond);
    flows.push(flow);
    return flow;
  }

  /** What was promised and did not happen. */
  async function findings(fault: Omit<IngestFault, 'gatheredMax'>): Promise<string[]> {
    const report = await runIngestFault(world, { ...fault, gatheredMax }, pump);
    console.log(JSON.stringify(report));
    if (report.broken.length > 0) console.log(await world.ingestor.output());
    return report.broken;
  }

  test('a full disk: a stall that is told, bounded and over by itself', { timeout: testTimeoutMs }, async () => {
    expect(world.disk.faults.length).toBeGreaterThan(0);
    for (const fault of world.disk.faults) expect(await findings(fullDisk(fault))).toEqual([]);
  });

  test.each([slowSql, sqlGone])(
    '$title: a stall that is told, bounded and over by itself',
    { timeout: testTimeoutMs },
    async (fault) => {
      expect(await findings(fault)).toEqual([]);
    },
  );

  test(
    'RabbitMQ is away: lines flow on, and every receipt is there once it is back',
    { timeout: testTimeoutMs },
    async () => {
      const { queue, ingestor } = world;
      const pid = ingestor.pid;
      const flow = pump();
      queue.set('down');
      await untilPort('queue', 'down');
      const stored = await world.storedLines();
      const receipts = await sendReceipts(world.batches, 0, 200);
      await waitUntil('lines flow on', async () => (await world.storedLines()) > stored + 2 * linesPerSecond, 30_000);
      expect(await receipts.stored(world.ledger)).toBe(0);
      queue.heal();
      await untilPort('queue', 'up');
      await waitUntil('all receipts', async () => (await receipts.stored(world.ledger)) === 200, 30_000);
      await flow.stop();
      expect(ingestor.pid).toBe(pid);
    },
  );

  test(
    'Kafka is away: receipts flow on, and every line is there once it is back',
    { timeout: testTimeoutMs },
    async () => {
      const { kafka, ingestor } = world;
      const pid = ingestor.pid;
      await kafka.kill();
      await untilPort('event_log', 'down');
      const receipts = await sendReceipts(world.batches, 1_000, 200);
      await waitUntil('receipts flow on', async () => (await receipts.stored(world.ledger)) === 200, 30_000);
      expect(await world.metric('reelay_ingest_port_up', 'event_log')).toBe(0);
      await kafka.start();
      await untilPort('event_log', 'up');
      const flow = pump();
      const before = await world.storedLines();
      await waitUntil('lines flow again', async () => (await world.storedLines()) > before, 60_000);
      await flow.stop();
      await waitUntil('all lines', async () => (await world.storedLines()) === (await endOfLog(world)), 60_000);
      expect(ingestor.pid).toBe(pid);
    },
  );

  test(
    'after all of it no line is lost or doubled, and every bad one is in quarantine',
    { timeout: testTimeoutMs },
    async () => {
      expect(await lostOrDoubled(world)).toEqual([]);
      const { received, quarantined } = (await world.ledger.counts()).lines;
      expect(received).toBeGreaterThan(10_000);
      expect(quarantined).toBeGreaterThanOrEqual(Math.floor(received / badEvery) - 1);
      // A commit whose answer was lost is counted by the ledger alone.
      const counted = await world.metric('reelay_ingest_quarantined_total');
      expect(counted > 0 && counted <= quarantined).toBe(true);
      expect((await world.logged('lines quarantined')).length).toBeGreaterThan(0);
    },
  );

  test('the check sees a fault that hits nothing', { timeout: testTimeoutMs }, async () => {
    const nothing = { ...slowSql, strike: () => {}, heal: () => {}, lastsMs: 500, alarmWithinMs: 500 };
    const broken = await findings(nothing);
    expect(broken).toContain('no alarm within 500 ms');
    expect(broken).toContain('the end of the stall was not told');
  });

  test('the check sees an ingestor that drops the window whose commit failed', { timeout: testTimeoutMs }, async () => {
    const { ledger, environment, disk } = world;
    await world.ingestor.stop();
    const before = await lostOrDoubled(world);
    const forgetful = await startForgetfulIngestor({ ...environment, ...settings });
    try {
      const [stored, flow] = [await world.storedLines(), pump()];
      await waitUntil('it stores lines', async () => (await world.storedLines()) > stored, 30_000);
      // Reading needs SQL, too (ids of new movies): only an outage that falls on a gathered window makes a commit fail.
      await waitUntil('a window is dropped', () => outageHits(forgetful), 60_000);
      await flow.stop();
      await waitUntil('it is at the end', async () => (await world.storedLines()) === (await endOfLog(world)), 30_000);
      const found = await lostOrDoubled({ ...world, ledger, disk });
      expect(before).toEqual([]);
      expect(found.find((one) => one.startsWith('missing (1): received:'))).toBeDefined();
    } finally {
      await forgetful.stop();
    }
  });

  /** SQL is down until a commit has failed, or for a second; whether a window was dropped by it. */
  async function outageHits({ failed, dropped }: { failed(): number; dropped(): number }): Promise<boolean> {
    const before = failed();
    world.sql.set('down');
    await waitUntil('a commit fails', () => failed() > before, 1_000).catch(() => {});
    world.sql.heal();
    await waitUntil('a window is dropped', () => dropped() > 0, 2_000).catch(() => {});
    return dropped() > 0;
  }

  async function untilPort(port: string, state: 'up' | 'down'): Promise<void> {
    const [value, msg] = state === 'up' ? [1, 'a port is back'] : [0, 'a port is away'];
    const isTold = async () => (await world.logged(msg)).some((line) => line.port === port);
    const isShown = async () => (await world.metric('reelay_ingest_port_up', `"${port}"`)) === value;
    await waitUntil(`${port} is ${state}`, async () => (await isShown()) && (await isTold()), 60_000);
  }
});
