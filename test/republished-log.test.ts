import { waitUntil } from '@reelay/shared/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendAndStore, historyOf, tinyPopulation, untilHistoriesHold } from './append-history.ts';
import { checkSameKnowledge, checkSameRows, knowledgeIn, rowsIn } from './check-repetition.ts';
import { logFaults } from './plant-fault.ts';
import { fromTheFirstLine, progressThrownAway, ratingsAtAnotherTime, withoutProgress } from './plant-repetition.ts';
import { worldNames } from './world-addresses.ts';
import { openWorld, type ChangePorts, type World } from './world.ts';

// Whole platforms, beside other tests: a bound for what hangs, not for what is slow.
vi.setConfig({ testTimeout: 90_000 });

const population = tinyPopulation();
const sound = historyOf(population, 20_000, 0).map(({ line }) => line);
const dirt = ['', 'no line of the log', '2026-01-05T00:00:00,0,GET /create_account'];
const lines = [...sound, ...dirt];
const watches = sound.filter((line) => line.includes('GET /data/m/')).length;
const userIds = Array.from(population.userIds);

const wholeWithinMs = 30_000;

/** A world that has the log, once. */
async function openFilledWorld(name: World['name']): Promise<World> {
  const world = await openWorld(name);
  try {
    await appendAndStore(world, lines);
    await untilHistoriesHold(world, sound);
    // Until then a user without events is "lost", and "cold" from then on: no change that a repetition made.
    await waitUntil('the histories are known to be whole', () => world.histories.isComplete(), wholeWithinMs);
    return world;
  } catch (error) {
    await world.close();
    throw error;
  }
}

describe.each(worldNames)('%s', (name) => {
  let world: World;
  beforeAll(async () => {
    world = await openFilledWorld(name);
  });
  afterAll(() => world?.close());

  test('an ingestor of another group goes on behind the last stored line', async () => {
    const before = await rowsIn(world);
    expect(before.rows.segments.length, 'there is something to change').toBeGreaterThan(1_000);
    const next = await world.withNewIngestor();
    // One line behind what stands in each partition: when both are stored, whatever was read before them is, too.
    const accounts = [999_981, 999_982].map((userId) => `2027-01-01T00:00:00,${userId},GET /create_account`);
    for (const line of accounts) await appendAndStore(next, [line]);
    const after = await rowsIn(world);
    expect(after.rows).toEqual({ ...before.rows, accounts: after.rows.accounts });
    expect(after.rows.accounts).toHaveLength(before.rows.accounts.length + accounts.length);
    expect(after.received).toBe(before.received + accounts.length);
  });

  test('offsets that are delivered once more, from the first on, change no row', async () => {
    const before = await rowsIn(world);
    const delivered = { lines: 0 };
    const next = await world.withNewIngestor(({ eventLog }) => ({ eventLog: fromTheFirstLine(eventLog, delivered) }));
    await waitUntil('all lines are delivered again', () => delivered.lines >= lines.length);
    await next.ingestor.flush();
    expect(checkSameRows(before, await rowsIn(world))).toEqual([]);
  });

  test('an ingestor that knows nothing of the progress is refused, and changes no row', async () => {
    const before = await rowsIn(world);
    const from = world.logged.length;
    await world.withNewIngestor(({ ledger }) => ({ ledger: withoutProgress(ledger) }));
    await waitUntil('a window is refused', () =>
      world.logged.slice(from).some(({ msg }) => msg === 'the partition has another owner'),
    );
    expect(checkSameRows(before, await rowsIn(world))).toEqual([]);
  });

  test('a log that is appended again adds no rating, and no minute to a viewing, a history or the training set', async () => {
    const [before, known] = [await rowsIn(world), await knowledgeIn(world, userIds)];
    expect(known.interactions.length).toBeGreaterThan(1_000);
    const counted = await world.ledger.counts();
    await appendAndStore(await world.withNewIngestor(), lines);
    expect(checkSameKnowledge(known, await knowledgeIn(world, userIds))).toEqual([]);
    expect(await world.ledger.counts()).toEqual({
      lines: {
        received: counted.lines.received + lines.length,
        accepted: counted.lines.accepted + watches,
        repeated: counted.lines.repeated + sound.length - watches,
        quarantined: counted.lines.quarantined + lines.length - sound.length,
      },
      ratings: counted.ratings,
      watches: 2 * watches,
    });
    const { rows } = await rowsIn(world);
    expect(rows.segments.length, 'further segments').toBeGreaterThan(before.rows.segments.length);
    for (const kind of ['ratings', 'recommendations', 'accounts'] as const)
      expect(rows[kind]).toEqual(before.rows[kind]);
  });
});

describe('the checks can fail', () => {
  const replayFaults: Record<string, ChangePorts> = {
    'ratings come back at another time': ({ eventLog }) => ({ eventLog: ratingsAtAnotherTime(eventLog) }),
    'a line comes back with another minute': ({ eventLog }) => ({
      eventLog: logFaults['a line comes in the place of another one'](eventLog),
    }),
  };

  test('when the progress is thrown away', async () => {
    const world = await openFilledWorld('embedded');
    try {
      const before = await rowsIn(world);
      const next = await world.withNewIngestor(({ ledger }) => ({ ledger: progressThrownAway(ledger) }));
      await waitUntil('it is read again', async () => {
        await next.ingestor.flush();
        return (await world.ledger.counts()).lines.received === 2 * lines.length;
      });
      expect(checkSameRows(before, await rowsIn(world))).not.toEqual([]);
    } finally {
      await world.close();
    }
  });

  test.each(Object.entries(replayFaults))('when %s', async (_, change) => {
    const world = await openFilledWorld('embedded');
    try {
      const before = await knowledgeIn(world, userIds);
      await appendAndStore(await world.withNewIngestor(change), lines);
      expect(checkSameKnowledge(before, await knowledgeIn(world, userIds))).not.toEqual([]);
    } finally {
      await world.close();
    }
  });
});
