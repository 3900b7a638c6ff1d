import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '@reelay/shared/runtime';
import { createLineParser, defaultLimits } from './parse-line.ts';
import { redriveQuarantine } from './redrive-quarantine.ts';
import { outcomeIn, outcomeOf } from './testing/ingest-oracle.ts';
import { inventLines, seeded } from './testing/invent-lines.ts';
import { openIngestWorld, testTopic, type IngestWorld } from './testing/open-ingest-world.ts';
import { verifyCsv } from './verify-csv.ts';

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
});
afterEach(() => world.close());

/** Good lines, of which some have ratings and users beyond the scale that the ingestor is told. */
const lines = (): string[] => {
  const below = seeded(4);
  return inventLines(2_500, 3).map((line) => (below(10) === 0 ? line.replace(/,\d+,/, `,${5_000 + below(3)},`) : line));
};
const narrow = { USER_ID_MAX: 4_000 };

async function ingest(settings = {}): Promise<void> {
  await world.eventLog.ensureTopic(testTopic, 2);
  const all = lines();
  for (let start = 0; start < all.length; start += 1_000) {
    await world.eventLog.append(testTopic, all.slice(start, start + 1_000), { partition: 0 });
  }
  const ingestor = await world.another({ settings });
  await ingestor.start();
  await ingestor.drained(testTopic, 30_000);
  await ingestor.stop();
}

const redrive = (parse = createLineParser(defaultLimits), reason?: 'USER_RANGE' | 'FORM') =>
  redriveQuarantine({ ledger: world.ledger, parse, csvDir: world.csvDir, clock: systemClock }, reason);

describe('quarantine that is re-driven after the parser was corrected', () => {
  test('comes to what the corrected parser would have made of the log at once', async () => {
    await ingest(narrow);
    const before = await outcomeIn(world.ledger);
    const result = await redrive();
    const expected = outcomeOf([lines(), []]);
    const { counts, ratings, interactions, recommendations, accounts } = await outcomeIn(world.ledger);
    expect({ counts, ratings, interactions, recommendations, accounts }).toEqual({
      counts: expected.counts,
      ratings: expected.ratings,
      interactions: expected.interactions,
      recommendations: expected.recommendations,
      accounts: expected.accounts,
    });
    expect(result.accepted + result.repeated).toBe(before.counts.quarantined - counts.quarantined);
    expect(Math.min(result.accepted, result.refused)).toBeGreaterThan(0);
    expect(counts.received).toBe(counts.accepted + counts.repeated + counts.quarantined);
    expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
  });

  test('a second time, and two at once, change nothing more', async () => {
    await ingest(narrow);
    await Promise.all([redrive(), redrive()]);
    const once = await outcomeIn(world.ledger);
    expect(once.counts).toEqual(outcomeOf([lines(), []]).counts);
    const files = await readdir(join(world.csvDir, 'segments'));
    expect(await redrive()).toMatchObject({ accepted: 0, repeated: 0 });
    expect(await outcomeIn(world.ledger)).toEqual(once);
    expect(await readdir(join(world.csvDir, 'segments'))).toEqual(files);
    expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
  });

  test('the comparison notices a re-drive that writes nothing', async () => {
    await ingest(narrow);
    const counts = { received: 1, accepted: 1, repeated: 0, quarantined: 0 };
    const ledger = { ...world.ledger, redrive: async () => ({ outcome: 'committed', counts }) as const };
    await redriveQuarantine({
      ledger,
      parse: createLineParser(defaultLimits),
      csvDir: world.csvDir,
      clock: systemClock,
    });
    expect((await outcomeIn(world.ledger)).counts).not.toEqual(outcomeOf([lines(), []]).counts);
  });

  test('one reason alone; a parser that did not change takes nothing', async () => {
    await ingest(narrow);
    const counts = await world.ledger.quarantineCounts();
    expect(await redrive(createLineParser({ ...defaultLimits, userIdMax: 4_000 }))).toMatchObject({ accepted: 0 });
    expect(await redrive(undefined, 'FORM')).toMatchObject({ accepted: 0 });
    const reasons = counts.filter(({ reason }) => reason !== 'USER_RANGE');
    expect((await redrive(undefined, 'USER_RANGE')).accepted).toBeGreaterThan(0);
    expect((await world.ledger.quarantineCounts()).filter(({ reason }) => reason !== 'USER_RANGE')).toEqual(reasons);
  });

  test('the next owner of the partition keeps its files, and goes on behind', async () => {
    await ingest(narrow);
    await redrive();
    const ingestor = await world.another();
    await ingestor.start();
    await world.eventLog.append(testTopic, inventLines(500, 8), { partition: 0 });
    await ingestor.drained(testTopic, 30_000);
    expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
  });

  test('a line that was cut, or lost characters, is left alone', async () => {
    await world.eventLog.ensureTopic(testTopic, 2);
    const long = `2031-05-06T07:08:09,5,GET /rate/a+1999=${'0'.repeat(2_000)}9`;
    await world.eventLog.append(testTopic, [long, '2031-05-06T07:08:09,5,GET /rate/a+1999=3\u0007'], { partition: 0 });
    const ingestor = await world.another();
    await ingestor.start();
    await ingestor.drained(testTopic, 30_000);
    const anything = () => ({ ok: true, event: { kind: 'account', time: 1, userId: 1 } }) as const;
    expect(await redrive(anything)).toEqual({ lines: 2, accepted: 0, repeated: 0, refused: 0, cut: 2 });
  });
});
