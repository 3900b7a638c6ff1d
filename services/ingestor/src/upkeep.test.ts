import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock, type Clock } from '@reelay/shared/runtime';
import { outcomeIn } from './testing/ingest-oracle.ts';
import { inventLines } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';
import { verifyCsv } from './verify-csv.ts';

const noon = Date.UTC(2031, 4, 6, 12);
const aDayMs = 86_400_000;

let world: IngestWorld;
let now = noon;
const clock: Clock = { ...systemClock, now: () => now };
beforeEach(async () => {
  now = noon;
  world = await openIngestWorld();
});
afterEach(() => world.close());

/** An ingestor that took lines on two days; it is the third now. */
async function onTheThirdDay(settings = {}) {
  await world.eventLog.ensureTopic(testTopic, 2);
  const ingestor = await world.another({ clock, settings });
  await ingestor.start();
  for (const seed of [1, 2]) {
    await world.eventLog.append(testTopic, inventLines(1_500, seed), { partition: 0 });
    await ingestor.drained(testTopic, 30_000);
    now += aDayMs;
  }
  return ingestor;
}

const filesOf = async (kind: string) => (await readdir(join(world.csvDir, kind))).sort();

test('days that have ended are rolled up, with every line in one viewing; today is not', async () => {
  const ingestor = await onTheThirdDay();
  await world.eventLog.append(testTopic, inventLines(300, 3), { partition: 0 });
  await ingestor.drained(testTopic, 30_000);
  await ingestor.upkeep.tidy();
  const days = await world.ledger.segmentDays();
  expect(days.map(({ viewings }) => viewings !== null)).toEqual([true, true, false]);
  let lines = 0;
  await world.ledger.viewings((rows) => rows.forEach((row) => void (lines += row.lines)));
  expect(lines).toBe(days.slice(0, 2).reduce((sum, day) => sum + day.lines, 0));
  expect(lines).toBeGreaterThan(1_000);
  expect(await ingestor.upkeep.rollUp()).toEqual([]);
  expect(await ingestor.upkeep.rollUp(Math.floor(now / aDayMs))).toMatchObject([{ lines: days[2]?.lines }]);
});

test('old segments go, and no minute of a user goes with them; CSV and SQL stay equal', async () => {
  const ingestor = await onTheThirdDay({ SEGMENT_RETENTION_DAYS: 1 });
  const before = await outcomeIn(world.ledger);
  await ingestor.upkeep.tidy();
  expect((await world.ledger.segmentDays()).map(({ dropped }) => dropped)).toEqual([true, false]);
  const after: string[] = [];
  const movies = new Map((await world.ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  await world.ledger.interactions((rows) =>
    rows.forEach((row) => void after.push(`${row.userId} ${movies.get(row.itemId)} ${row.minutes} ${row.rating}`)),
  );
  expect(after.sort()).toEqual(before.interactions);
  expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
});

test('old CSV files go, also those that nobody committed; the others stay equal to SQL', async () => {
  const ingestor = await onTheThirdDay({ CSV_RETENTION_DAYS: 1 });
  await writeFile(join(world.csvDir, 'ratings', '2031-05-06-s1-r9.csv'), 'left by a crash');
  expect(await filesOf('ratings')).toHaveLength(3);
  await ingestor.upkeep.tidy();
  for (const kind of ['ratings', 'segments', 'quarantine'])
    expect(await filesOf(kind)).toEqual(['2031-05-07-s1-e1.csv']);
  const verdict = await verifyCsv(world.ledger, world.csvDir);
  expect(verdict).toMatchObject({ equal: true, fromDay: Math.floor(noon / aDayMs) + 1 });
  await ingestor.upkeep.tidy();
  expect(await filesOf('ratings')).toHaveLength(1);
});

test('nothing goes unless a setting says so', async () => {
  const ingestor = await onTheThirdDay();
  now += 1_000 * aDayMs;
  await ingestor.upkeep.tidy();
  expect(await filesOf('ratings')).toHaveLength(2);
  expect((await world.ledger.segmentDays()).map(({ dropped }) => dropped)).toEqual([false, false]);
});
