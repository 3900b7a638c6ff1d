import type { Ledger } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openIngestWorld, testTopic, type IngestWorld } from '../../services/ingestor/src/testing/open-ingest-world.ts';
import { differencesOf, factsOfLedger, LogReading } from './log-facts.ts';
import { withoutFence } from './unfenced-ledger.ts';

const ratings = Array.from(
  { length: 40 },
  (_, place) => `2026-05-01T10:00:${10 + place},${place + 1},GET /rate/a+1999=4`,
);
const watched = ['2026-05-01T10:00:01,7,GET /data/m/a+1999/0.mpg', '2026-05-01T10:01:01,7,GET /data/m/a+1999/1.mpg'];

let world: IngestWorld;
beforeEach(async () => {
  world = await openIngestWorld();
  await world.eventLog.ensureTopic(testTopic, 1);
});
afterEach(() => world.close());

/** An owner that stores what it gathered after its successor has; what is wrong then. */
async function outlive(lines: string[], wrap?: (ledger: Ledger) => Ledger): Promise<string[]> {
  const zombie = await world.another({ wrap });
  await zombie.start();
  await world.eventLog.append(testTopic, lines, { partition: 0 });
  await waitUntil('the zombie holds them all', () => zombie.state().gathered === lines.length);
  const successor = await world.another({ wrap });
  await successor.start();
  await successor.drained(testTopic);
  await zombie.flush();
  const reading = new LogReading();
  lines.forEach((line, offset) => reading.add(0, offset, Buffer.from(line)));
  return differencesOf(reading.facts, await factsOfLedger(world.ledger, testTopic, new Map()));
}

test('with the fence a zombie stores nothing', async () => {
  expect(await outlive([...ratings, ...watched])).toEqual([]);
});

test('without it the sums are wrong', async () => {
  expect(await outlive(ratings, withoutFence)).toEqual([
    'only in the log (1): partition 0: 40 received',
    'only in the log (1): in all: 0 repeated',
    'only in SQL (1): partition 0: 80 received',
    'only in SQL (1): in all: 40 repeated',
  ]);
});
