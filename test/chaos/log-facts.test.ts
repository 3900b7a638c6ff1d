import type { Ledger, WindowRows } from '@reelay/shared/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openIngestWorld, testTopic, type IngestWorld } from '../../services/ingestor/src/testing/open-ingest-world.ts';
import { createPopulation, generateHistory } from '../../services/simulator/src/index.ts';
import { changed } from '../plant-fault.ts';
import { differencesOf, factsOfLedger, LogFacts, LogReading, wrongSoFar, wrongSums } from './log-facts.ts';

const kinds = ['ratings', 'segments', 'recommendations', 'accounts', 'quarantine'] as const;
const lines = Array.from(
  generateHistory(createPopulation({ seed: 3, preset: 'tiny' }), { lines: 4_000, dirt: 0.01 }),
  ({ line }) => line,
);
const repeatedLine = lines.find((line) => line.includes('GET /rate/'))!;

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 1);
});
afterEach(() => world.close());

/** What the log says, and what an ingestor stored that was given `delivered` in its place. */
async function ingest(delivered: (line: string[]) => string[] = (all) => all): Promise<LogReading> {
  const written = [...lines, repeatedLine];
  await world.eventLog.append(testTopic, delivered(written), { partition: 0 });
  const ingestor = await world.another();
  await ingestor.start();
  await ingestor.drained(testTopic);
  const reading = new LogReading();
  written.forEach((line, offset) => reading.add(0, offset, Buffer.from(line)));
  return reading;
}

const stored = (ledger: Ledger = world.ledger, replayed = new Map<number, number>()) =>
  factsOfLedger(ledger, testTopic, replayed);

test('SQL is what the log says, line by line, of every kind', async () => {
  const { facts } = await ingest();
  const found = await stored();
  expect(differencesOf(facts, found)).toEqual([]);
  expect(wrongSums(await world.ledger.progress(), found.accepted)).toEqual([]);
  expect([facts.received, facts.repeated]).toEqual([4_001, 1]);
  for (const text of ['rated', 'watched', 'asked', 'account', 'quarantined'])
    expect(facts.texts().filter((fact) => fact.startsWith(text)).length, text).toBeGreaterThan(0);
});

test.each(kinds)('a row of %s that is lost or doubled in SQL is told', async (kind) => {
  const { facts } = await ingest();
  for (const change of [losing, doubling]) {
    const found = await stored(change(world.ledger, kind));
    expect(differencesOf(facts, found)).not.toEqual([]);
  }
});

test('a watch line that is doubled on the way is told, although no minute is new', async () => {
  const watched = lines.findIndex((line) => line.includes('GET /data/m/'));
  const { facts } = await ingest((all) => [lines[watched], ...all]);
  const differences = differencesOf(facts, await stored());
  expect(differences.filter((one) => one.includes('lines from'))).toHaveLength(2);
  expect(differences).toContain('only in SQL (1): partition 0: 4002 received');
});

test('a line that the ingestor never saw is told', async () => {
  const reading = await ingest((all) => all.slice(0, -1));
  const differences = differencesOf(reading.facts, await stored());
  expect(differences).toContain('only in the log (1): partition 0: 4001 received');
});

test('what a replay read once more is not taken for doubled, and more than that is', async () => {
  const { facts } = await ingest();
  const again = changed(world.ledger, {
    progress: async () =>
      (await world.ledger.progress()).map((row) => ({
        ...row,
        counts: { ...row.counts, received: row.counts.received + 9, repeated: row.counts.repeated + 9 },
      })),
  });
  expect(differencesOf(facts, await stored(again, new Map([[0, 9]])))).toEqual([]);
  expect(differencesOf(facts, await stored(again))).toHaveLength(4);
});

test('sums that do not add up are told', () => {
  const counts = { received: 10, accepted: 7, repeated: 1, quarantined: 1 };
  expect(wrongSums([{ partition: 4, counts }], 7)).toEqual(['partition 4: 10 received, 7 + 1 + 1 accounted for']);
  expect(wrongSums([{ partition: 4, counts: { ...counts, received: 9 } }], 8)).toEqual(['7 accepted, 8 in rows']);
});

test('sums that are not what the log says so far are told, and what a replay read once more is taken off', async () => {
  const { facts } = await ingest();
  const progress = await world.ledger.progress();
  expect(wrongSoFar(progress, facts, new Map())).toEqual([]);
  expect(wrongSoFar(progress, facts, new Map([[0, 1]]))).toEqual(['partition 0: 4000 received, 4001 in the log']);
  const counts = { ...progress[0].counts, quarantined: progress[0].counts.quarantined + 1 };
  expect(wrongSoFar([{ partition: 0, counts }], facts, new Map())).toHaveLength(2);
});

test('two empty sides are no equality', () => {
  expect(differencesOf(new LogFacts(), new LogFacts())).toEqual(['the log has no line to compare']);
});

const losing = (ledger: Ledger, kind: keyof WindowRows) => changing(ledger, kind, () => []);
const doubling = (ledger: Ledger, kind: keyof WindowRows) => changing(ledger, kind, (row) => [row, row]);

/** One row of a kind is changed, the first that comes. */
function changing(ledger: Ledger, kind: keyof WindowRows, change: <Row>(row: Row) => Row[]): Ledger {
  let struck = false;
  return changed(ledger, {
    allRows: (onRows, options) =>
      ledger.allRows((rows) => {
        const [first, ...rest] = rows[kind];
        if (struck || first === undefined) return onRows(rows);
        struck = true;
        return onRows({ ...rows, [kind]: [...change(first), ...rest] });
      }, options),
  });
}
