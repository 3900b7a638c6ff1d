import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitUntil } from '@reelay/shared/testing';
import { outcomeIn, outcomeOf } from './testing/ingest-oracle.ts';
import { inventLines } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';
import { verifyCsv } from './verify-csv.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
});
afterEach(() => world.close());

/** Appends to partition 0 in portions. */
async function append(lines: string[], partition = 0): Promise<void> {
  await world.eventLog.ensureTopic(testTopic, 2);
  for (let start = 0; start < lines.length; start += 1_000) {
    await world.eventLog.append(testTopic, lines.slice(start, start + 1_000), { partition });
  }
}

async function ingestAll(): Promise<void> {
  const ingestor = await world.another();
  await ingestor.start();
  await ingestor.drained(testTopic, 30_000);
  await ingestor.stop();
}

describe('from the log to SQL and CSV', () => {
  test('every line is accepted, repeated or quarantined, and stands where it belongs', async () => {
    const [first, second] = [inventLines(6_000, 1), inventLines(3_000, 2)];
    await append(first, 0);
    await append(second, 1);
    await ingestAll();
    const expected = outcomeOf([first, second]);
    const { counts } = expected;
    expect(counts.received).toBe(9_000);
    expect(Math.min(counts.repeated, counts.quarantined, expected.ratings.length, expected.accounts)).toBeGreaterThan(
      0,
    );
    expect(await outcomeIn(world.ledger)).toEqual(expected);
    expect(counts.received).toBe(counts.accepted + counts.repeated + counts.quarantined);
  });

  test('CSV is SQL, row for row', async () => {
    await append(inventLines(4_000));
    await ingestAll();
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict.differences).toEqual([]);
    expect(verdict.equal).toBe(true);
    expect(Math.min(...Object.values(verdict.rows))).toBeGreaterThan(0);
  });

  test('small windows give the same as one large one', async () => {
    const lines = inventLines(5_000);
    await append(lines);
    const ingestor = await world.another({ settings: { FLUSH_LINES: 700, FLUSH_LOG_MINUTES: 1 } });
    await ingestor.start();
    await ingestor.drained(testTopic, 30_000);
    expect(await outcomeIn(world.ledger)).toEqual(outcomeOf([lines, []]));
    expect((await verifyCsv(world.ledger, world.csvDir)).equal).toBe(true);
  });

  test('an idle window is committed by itself', async () => {
    const ingestor = await world.another({ settings: { FLUSH_IDLE_MS: 50 } });
    await ingestor.start();
    await append(inventLines(500));
    await waitUntil('all lines committed', async () => (await world.ledger.counts()).lines.received === 500);
    expect(ingestor.state()).toEqual({ partitions: 2, lag: 0, gathered: 0 });
  });

  test('stop commits what was gathered', async () => {
    const ingestor = await world.another();
    await ingestor.start();
    await append(inventLines(500));
    await waitUntil('all lines gathered', () => ingestor.state().gathered === 500);
    expect((await world.ledger.counts()).lines.received).toBe(0);
    await ingestor.stop();
    expect((await world.ledger.counts()).lines.received).toBe(500);
  });

  test('flush commits what was received until now', async () => {
    const ingestor = await world.another();
    await ingestor.start();
    await append(inventLines(300));
    await waitUntil('all lines gathered', () => ingestor.state().gathered === 300);
    await Promise.all([ingestor.flush(), ingestor.flush()]);
    expect((await world.ledger.counts()).lines.received).toBe(300);
  });
});

describe('a log that was read before', () => {
  test('reading the same offsets again changes no row', async () => {
    const lines = inventLines(2_000);
    await append(lines);
    await ingestAll();
    const before = await outcomeIn(world.ledger);
    await ingestAll();
    expect(await outcomeIn(world.ledger)).toEqual(before);
    expect(before).toEqual(outcomeOf([lines, []]));
  });

  test('the same file appended again adds no rating and no minute', async () => {
    const lines = inventLines(2_000);
    await append(lines);
    await ingestAll();
    const before = await outcomeIn(world.ledger);
    await append(lines);
    await ingestAll();
    const after = await outcomeIn(world.ledger);
    expect(after.counts.received).toBe(2 * before.counts.received);
    const { ratings, interactions, recommendations, accounts } = before;
    expect(after).toMatchObject({ ratings, interactions, recommendations, accounts });
    expect((await verifyCsv(world.ledger, world.csvDir)).equal).toBe(true);
  });

  test('a topic made anew under the same name is read from its start', async () => {
    const lines = inventLines(1_000);
    await append(lines);
    await ingestAll();
    const other = inventLines(1_500, 9);
    const eventLog = await world.recreateTopic();
    await eventLog.append(testTopic, other, { partition: 0 });
    await ingestAll();
    const expected = outcomeOf([[...lines, ...other]]);
    const { counts, ratings, interactions } = await outcomeIn(world.ledger);
    expect({ counts, ratings, interactions }).toEqual({
      counts: expected.counts,
      ratings: expected.ratings,
      interactions: expected.interactions,
    });
    expect((await world.ledger.progress(testTopic)).map((row) => row.incarnation)).toEqual([2, 1]);
  });
});

describe('the checks can fail', () => {
  test('a lost or doubled line in SQL is seen by the oracle', async () => {
    const lines = inventLines(1_000);
    await append(lines);
    await ingestAll();
    expect(await outcomeIn(world.ledger)).not.toEqual(outcomeOf([lines.slice(1), []]));
    expect(await outcomeIn(world.ledger)).not.toEqual(outcomeOf([[...lines, lines[0]], []]));
  });

  test.each([
    ['a lost row', (text: string) => text.replace(/\r\n[^\r]*\r\n$/, '\r\n')],
    [
      'a doubled row',
      (text: string) => text + text.slice(text.indexOf('\r\n') + 2, text.indexOf('\r\n', text.indexOf('\r\n') + 2) + 2),
    ],
    [
      'a changed value',
      (text: string) => text.replace(/,([1-5]),/, (_all, rating: string) => `,${(Number(rating) % 5) + 1},`),
    ],
    ['a file cut short', (text: string) => text.slice(0, -1)],
    ['an empty file', () => ''],
  ])('%s in CSV is found', async (_name, damage) => {
    await append(inventLines(1_000));
    await ingestAll();
    const [name] = await readdir(join(world.csvDir, 'ratings'));
    const path = join(world.csvDir, 'ratings', name);
    const before = await readFile(path, 'utf8');
    const damaged = damage(before);
    expect(damaged).not.toBe(before);
    await writeFile(path, damaged);
    // A longer file is read up to its committed length only, so a doubled row must also push the last one out.
    if (damaged.length > before.length) {
      const [header, first] = before.split('\r\n');
      await writeFile(path, before.replace(`${header}\r\n`, `${header}\r\n${first}\r\n`));
    }
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict.equal).toBe(false);
    expect(verdict.differences.length).toBeGreaterThan(0);
  });

  test('nothing to compare is no equality', async () => {
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict).toMatchObject({ equal: false, differences: ['there is no row to compare'] });
  });
});
