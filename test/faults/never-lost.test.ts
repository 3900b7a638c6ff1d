import { missingServers } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyCsv } from '../../services/ingestor/src/index.ts';
import { createPopulation, generateHistory } from '../../services/simulator/src/index.ts';
import { openIngestPlatform, partitions, topic, type IngestPlatform } from './ingest-platform.ts';
import { differencesOf, factsOfLedger, factsOfLines, type Facts } from './log-facts.ts';

const missing = await missingServers(['kafka', 'mariadb']);
if (missing.length > 0) {
  const sentence = `not run: never lost, since ${missing.map(({ name }) => name).join(' and ')} are not installed. ${missing[0]?.cure}`;
  if (process.env.REQUIRE_REAL === '1') throw new Error(sentence);
  console.log(sentence);
}

const lineCount = 200_000;
const batchLines = 5_000;
const kills = 10;
/** Between two kills so many lines are stored, and some more; ten times that stays far below all lines. */
const linesBetweenKills = 8_000;
const testTimeoutMs = 180_000;

interface Kill {
  /** Lines stored since the kill before. */
  progress: number;
  /** Lines not stored yet. */
  lag: number;
  /** Of CSV, beyond what is committed; not zero when the kill fell between the files and their transaction. */
  uncommittedBytes: number;
}

/** By partition, as they were appended. */
const appended: string[][] = Array.from({ length: partitions }, () => []);

describe.runIf(missing.length === 0)('no line is lost or doubled', () => {
  let platform: IngestPlatform;
  let found: Facts;
  beforeAll(async () => {
    platform = await openIngestPlatform();
    await appendHistory();
  });
  afterAll(() => platform?.close());

  async function appendHistory(): Promise<void> {
    const population = createPopulation({ seed: 11, preset: 'tiny' });
    const lines = Array.from(generateHistory(population, { lines: lineCount }), ({ line }) => line);
    for (let first = 0; first < lines.length; first += batchLines)
      await append(lines.slice(first, first + batchLines), (first / batchLines) % partitions);
  }

  async function append(lines: string[], partition: number): Promise<void> {
    await platform.eventLog.append(topic, lines, { partition });
    appended[partition].push(...lines);
  }

  const endOfLog = async () => (await platform.eventLog.ranges(topic)).reduce((sum, { high }) => sum + high, 0);

  async function storeAll(): Promise<void> {
    const end = await endOfLog();
    await waitUntil('all lines are stored', async () => (await platform.storedLines()) >= end, 60_000);
  }

  /** Lets it store some lines and kills it at some moment after. */
  async function killInMidReplay(storedBefore: number, afterMs: number): Promise<Kill> {
    const { ingestor, storedLines, uncommittedBytes } = platform;
    await ingestor.start();
    const target = storedBefore + linesBetweenKills;
    await waitUntil('some lines are stored', async () => (await storedLines()) >= target, 30_000);
    await pause(afterMs);
    await ingestor.kill();
    const stored = await storedLines();
    return { progress: stored - storedBefore, lag: lineCount - stored, uncommittedBytes: await uncommittedBytes() };
  }

  test(
    'an ingestor that is killed ten times in mid-replay stores what the log says',
    { timeout: testTimeoutMs },
    async () => {
      const killed: Kill[] = [];
      try {
        for (let stored = 0; killed.length < kills; stored = lineCount - killed.at(-1)!.lag)
          killed.push(await killInMidReplay(stored, killed.length * 7));
        await platform.ingestor.start();
        await storeAll();
      } catch (error) {
        console.log(await platform.ingestor.output());
        throw error;
      } finally {
        console.table(killed);
      }
      expect(killed.filter(({ progress, lag }) => progress > 0 && lag > 0)).toHaveLength(kills);
      expect(killed.filter(({ uncommittedBytes }) => uncommittedBytes > 0)).not.toEqual([]);
      found = await factsOfLedger(platform.ledger);
      expect(found.length).toBeGreaterThan(kills);
      expect(differencesOf(factsOfLines(appended), found).slice(0, 20)).toEqual([]);
      expect(await verifyCsv(platform.ledger, platform.csvDir)).toMatchObject({ equal: true, differences: [] });
    },
  );

  test('the check sees a line that is lost or doubled, of every kind', { timeout: testTimeoutMs }, () => {
    const expected = factsOfLines(appended);
    for (const kind of ['ratings', 'minutes', 'recommendations', 'accounts', 'quarantined', 'watchLines', 'received']) {
      const place = found.findIndex((fact) => fact.startsWith(`${kind}: `));
      expect(place, kind).toBeGreaterThanOrEqual(0);
      expect(differencesOf(expected, found.toSpliced(place, 1)), kind).toEqual([`missing (1): ${found[place]}`]);
      expect(differencesOf(expected, [...found, found[place]]), kind).toEqual([`too much (1): ${found[place]}`]);
    }
  });

  test('the check sees a line that stands in the log twice', { timeout: testTimeoutMs }, async () => {
    const watched = appended[0].find((line) => line.includes('GET /data/m/'))!;
    await platform.eventLog.append(topic, [watched], { partition: 0 });
    await storeAll();
    const sums = differencesOf(factsOfLines(appended), await factsOfLedger(platform.ledger));
    expect(sums.map((difference) => difference.replace(/\d{2,}/, '…'))).toEqual([
      'missing (1): received: …',
      'missing (1): accepted: …',
      'missing (1): watchLines: …',
      'too much (1): received: …',
      'too much (1): accepted: …',
      'too much (1): watchLines: …',
    ]);
  });
});
