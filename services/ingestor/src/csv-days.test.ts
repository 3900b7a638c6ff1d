import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '@reelay/shared/runtime';
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

/** Ingests lines on one day and others on the next; with one owner, which sees the day change. */
async function ingestTwoDays(): Promise<void> {
  await world.eventLog.ensureTopic(testTopic, 2);
  const ingestor = await world.another({ clock });
  await ingestor.start();
  for (const seed of [1, 2]) {
    await world.eventLog.append(testTopic, inventLines(1_500, seed), { partition: 0 });
    await ingestor.drained(testTopic, 30_000);
    now += aDayMs;
  }
  await ingestor.stop();
}

const ratingFiles = async () => (await readdir(join(world.csvDir, 'ratings'))).sort();

describe('CSV files of days', () => {
  test('a file for each UTC day of a flush, equal to SQL together', async () => {
    await ingestTwoDays();
    expect(await ratingFiles()).toEqual(['2031-05-06-s1-e1.csv', '2031-05-07-s1-e1.csv']);
    expect(await verifyCsv(world.ledger, world.csvDir)).toMatchObject({ equal: true, fromDay: 0, files: 10 });
  });

  test('a clock that is set back goes on with the later day, and loses nothing', async () => {
    await world.eventLog.ensureTopic(testTopic, 2);
    const ingestor = await world.another({ clock });
    await ingestor.start();
    for (const moved of [0, aDayMs, 0]) {
      now = noon + moved;
      await world.eventLog.append(testTopic, inventLines(800, moved + 1 + now), { partition: 0 });
      await ingestor.drained(testTopic, 30_000);
    }
    expect(await ratingFiles()).toHaveLength(2);
    expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
  });

  test('without its first day CSV is compared with SQL from the second on', async () => {
    await ingestTwoDays();
    const day = Math.floor(noon / aDayMs);
    const whole = await verifyCsv(world.ledger, world.csvDir);
    expect(await world.ledger.dropCsvBefore(day + 1)).toHaveLength(5);
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict).toMatchObject({ equal: true, fromDay: day + 1, files: 5 });
    expect(verdict.rows.ratings).toBeGreaterThan(0);
    expect(verdict.rows.ratings).toBeLessThan(whole.rows.ratings);
  });
});

describe('verify says where', () => {
  test('a changed value is told by file, row and field', async () => {
    await ingestTwoDays();
    const path = join(world.csvDir, 'ratings', '2031-05-07-s1-e1.csv');
    const rows = (await readFile(path, 'utf8')).split('\r\n');
    const fields = (rows[4] ?? '').split(',');
    const [before, after] = [fields[3], String((Number(fields[3]) % 5) + 1)];
    rows[4] = fields.with(3, after).join(',');
    await writeFile(path, rows.join('\r\n'));
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict.places).toEqual([
      { kind: 'ratings', file: 'ratings/2031-05-07-s1-e1.csv', row: 5, field: 'rating', csv: after, sql: before },
    ]);
    expect(verdict.differences).toEqual([
      `ratings/2031-05-07-s1-e1.csv, row 5: rating is "${after}" in CSV, "${before}" in SQL`,
    ]);
  });

  test('a row that only one side has is told with its place', async () => {
    await ingestTwoDays();
    const path = join(world.csvDir, 'accounts', '2031-05-06-s1-e1.csv');
    const text = await readFile(path, 'utf8');
    const [, , second = ''] = text.split('\r\n');
    await writeFile(path, text.replace(second, second.replace(/\d/g, '8')));
    const { equal, places } = await verifyCsv(world.ledger, world.csvDir);
    expect(equal).toBe(false);
    const place = { kind: 'accounts', field: null };
    expect(places).toEqual([
      { ...place, file: 'accounts/2031-05-06-s1-e1.csv', row: 3, csv: second.replace(/\d/g, '8'), sql: null },
      { ...place, file: null, row: null, csv: null, sql: second },
    ]);
  });
});
