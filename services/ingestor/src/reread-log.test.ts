import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { systemClock } from '@reelay/shared/runtime';
import { allRowsOf } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLine } from './parse-line.ts';
import { rereadLog, type RereadDeps } from './reread-log.ts';
import { inventLines } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';
import { verifyCsv } from './verify-csv.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 2);
  const lines = inventLines(8_000);
  await world.eventLog.append(testTopic, lines.slice(0, 4_000), { partition: 0 });
  await world.eventLog.append(testTopic, lines.slice(4_000), { partition: 1 });
  const ingestor = await world.another();
  await ingestor.start();
  await ingestor.drained(testTopic);
  await ingestor.stop();
});
afterEach(() => world.close());

const fromStart = new Map([
  [0, 0],
  [1, 0],
]);

const reread = (from = fromStart, change: Partial<RereadDeps> = {}) => {
  const { eventLog, ledger, csvDir } = world;
  const config = { EVENT_TOPIC: testTopic, CSV_DIR: csvDir, FLUSH_LINES: 50 };
  return rereadLog({ config, eventLog, ledger, parse: parseLine, clock: systemClock, ...change }, from);
};

test('reading all of it again changes no row and no position', async () => {
  const before = { rows: await allRowsOf(world.ledger), positions: await positions() };
  expect(before.rows.ratings.length).toBeGreaterThan(50);
  expect(await reread()).toEqual({ lines: 8_000, added: 0 });
  expect({ rows: await allRowsOf(world.ledger), positions: await positions() }).toEqual(before);
  expect(await verifyCsv(world.ledger, world.csvDir)).toMatchObject({ equal: true });
  const [{ counts }] = await world.ledger.progress(testTopic);
  expect(counts.received).toBe(counts.accepted + counts.repeated + counts.quarantined);
});

test('rows that the tables lost come back, those before the offset do not', async () => {
  const before = await allRowsOf(world.ledger);
  const lost = before.recommendations.length;
  expect(lost).toBeGreaterThan(10);
  await lose('recommendations');
  const half = await reread(new Map([[0, 4_000]]));
  const rest = await reread(new Map([[1, 4_000]]));
  expect([half.lines, rest.lines]).toEqual([4_000, 4_000]);
  expect(half.added + rest.added).toBe(lost);
  expect((await allRowsOf(world.ledger)).recommendations).toEqual(before.recommendations);
});

test('lines that are not stored yet are left to the ingestor, and counted once', async () => {
  await world.eventLog.append(testTopic, inventLines(1_000, 2), { partition: 0 });
  expect(await reread()).toEqual({ lines: 8_000, added: 0 });
  const ingestor = await world.another();
  await ingestor.start();
  const before = await world.ledger.progress(testTopic);
  await ingestor.drained(testTopic);
  const after = await world.ledger.progress(testTopic);
  expect(after[0].nextOffset - before[0].nextOffset).toBe(1_000);
});

test('whoever takes the partition meanwhile ends it', async () => {
  const ledger = { ...world.ledger, commitWindow: async () => ({ outcome: 'fenced' as const }) };
  await expect(reread(fromStart, { ledger })).rejects.toMatchObject({ code: 'FENCED' });
});

const positions = async () =>
  (await world.ledger.progress(testTopic)).map(({ nextOffset, lastLineHash }) => [nextOffset, lastLineHash]);

/** As a table that was emptied by hand. */
async function lose(table: string): Promise<void> {
  const file = new DatabaseSync(join(world.csvDir, '..', 'ledger.db'));
  file.exec(`delete from ${table}`);
  file.close();
}
