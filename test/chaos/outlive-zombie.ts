import { readWholeTopic, waitUntil } from '@reelay/shared/testing';
import { topic, type ChaosPlatform, type IngestorOptions, type IngestorProcess } from './chaos-platform.ts';
import { differencesOf, factsOfLedger, LogReading, wrongSums } from './log-facts.ts';
import { fencedFlushes, gatheredLines } from './wake-zombie.ts';

const committedFlushes = 'reelay_ingest_flushes_total{outcome="committed"}';
const ratings = 40;
const withinMs = 60_000;
let lives = 0;

export interface Outlived {
  /** The zombie stored what it held, after its successor had. */
  committedAfterWaking: boolean;
  /** Between the log and SQL. */
  differences: string[];
}

/**
 * One partition, one owner, which is held with ratings in its hands until a successor has stored them, and wakes. Ratings, since rows of watching are
 * told apart by their place in the log: an owner without a fence cannot double them, only what is counted.
 */
export async function outliveZombie(platform: ChaosPlatform, options: IngestorOptions = {}): Promise<Outlived> {
  lives++;
  // Its window waits long enough to be held before it is stored, and less than the group waits for its owner.
  const environment = { ...options.environment, FLUSH_IDLE_MS: '2000' };
  const zombie = await platform.createIngestor(`zombie-${lives}`, { ...options, environment });
  const successor = await platform.createIngestor(`successor-${lives}`, options);
  await zombie.start();
  await platform.eventLog.append(topic, linesOf(lives), { partition: 0 });
  await waitUntil('the zombie holds them all', async () => (await zombie.metric(gatheredLines)) === ratings, withinMs);
  const before = await flushesOf(zombie);
  process.kill(zombie.pid, 'SIGSTOP');
  await successor.start();
  await waitUntil('the successor stored them', () => isStored(platform), withinMs);
  process.kill(zombie.pid, 'SIGCONT');
  await waitUntil('the zombie tried', async () => (await flushesOf(zombie)).tried > before.tried, withinMs);
  const { committed } = await flushesOf(zombie);
  await zombie.stop();
  await successor.stop();
  return { committedAfterWaking: committed > before.committed, differences: await differences(platform) };
}

async function flushesOf(zombie: IngestorProcess) {
  const [committed, fenced] = [await zombie.metric(committedFlushes), await zombie.metric(fencedFlushes)];
  return { committed, tried: committed + fenced };
}

async function isStored({ eventLog, ledger }: ChaosPlatform): Promise<boolean> {
  const ends = new Map((await eventLog.ranges(topic)).map(({ partition, high }) => [partition, high]));
  const progress = await ledger.progress(topic);
  return progress.length > 0 && progress.every(({ partition, nextOffset }) => nextOffset === ends.get(partition));
}

async function differences({ eventLogUrl, ledger }: ChaosPlatform): Promise<string[]> {
  const reading = new LogReading();
  await readWholeTopic(eventLogUrl, topic, ({ partition, offset, bytes }) => reading.add(partition, offset, bytes));
  const found = await factsOfLedger(ledger, topic, new Map());
  return [...differencesOf(reading.facts, found), ...wrongSums(await ledger.progress(topic), found.accepted)];
}

const linesOf = (life: number): string[] =>
  Array.from(
    { length: ratings },
    (_, place) => `2026-05-0${life}T10:00:${10 + place},${100 + place},GET /rate/a+1999=4`,
  );
