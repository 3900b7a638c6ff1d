import { appendFile, readFile, readdir, writeFile } from 'node:fs/promises';
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

describe('an ingestor that dies', () => {
  test('the next one loses nothing and doubles nothing, wherever it died', async () => {
    const lines = inventLines(3_000);
    await append(lines);
    for (let kill = 1; kill <= 6; kill += 1) {
      let commits = 0;
      let dead = false;
      const died = Promise.withResolvers<void>();
      const unlessDead = async () => {
        if (dead) throw new Error('dead');
      };
      const victim = await world.another({
        settings: { FLUSH_LINES: 200 },
        wrap: (ledger) => ({
          ...ledger,
          claim: (topic, partition) => unlessDead().then(() => ledger.claim(topic, partition)),
          async commitWindow(window, appendCsv) {
            await unlessDead();
            return ledger.commitWindow(window, async (rows) => {
              const files = await appendCsv(rows);
              commits += 1;
              if (commits <= kill % 3) return files;
              // In the middle of a transaction: the bytes are in CSV, the rows are not in SQL.
              dead = true;
              died.resolve();
              throw new Error('killed');
            });
          },
        }),
      });
      await victim.start();
      await died.promise;
    }
    expect((await world.ledger.counts()).lines.received).toBeLessThan(3_000);
    await ingestAll();
    expect(await outcomeIn(world.ledger)).toEqual(outcomeOf([lines, []]));
    const verdict = await verifyCsv(world.ledger, world.csvDir);
    expect(verdict.differences).toEqual([]);
  });

  test('a zombie that wakes up is fenced', async () => {
    const lines = inventLines(2_000);
    await append(lines.slice(0, 1_000));
    const asleep = Promise.withResolvers<void>();
    const wakeUp = Promise.withResolvers<void>();
    const results: string[] = [];
    const zombie = await world.another({
      settings: { FLUSH_LINES: 1_000 },
      wrap: (ledger) => ({
        ...ledger,
        async commitWindow(window, appendCsv) {
          asleep.resolve();
          await wakeUp.promise;
          const result = await ledger.commitWindow(window, appendCsv);
          results.push(result.outcome);
          return result;
        },
      }),
    });
    await zombie.start();
    await asleep.promise;
    const heir = await world.another();
    await heir.start();
    await heir.drained(testTopic, 30_000);
    wakeUp.resolve();
    await waitUntil('the zombie tried', () => results.length > 0);
    expect(results[0]).toBe('fenced');
    await append(lines.slice(1_000));
    await heir.stop();
    await zombie.drained(testTopic, 30_000);
    expect(await outcomeIn(world.ledger)).toEqual(outcomeOf([lines, []]));
    expect((await verifyCsv(world.ledger, world.csvDir)).differences).toEqual([]);
  });

  test('bytes that nobody committed are cut, files that nobody committed go', async () => {
    await append(inventLines(1_000));
    await ingestAll();
    const [name] = await readdir(join(world.csvDir, 'ratings'));
    const path = join(world.csvDir, 'ratings', name);
    const before = await readFile(path, 'utf8');
    await appendFile(path, 'half a row');
    await writeFile(join(world.csvDir, 'ratings', 's1-e99.csv'), 'nobody committed this');
    expect((await verifyCsv(world.ledger, world.csvDir)).equal).toBe(true);
    await ingestAll();
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(join(world.csvDir, 'ratings'))).not.toContain('s1-e99.csv');
  });
});
