import { expect } from 'vitest';
import { emptyPlan } from '../contracts/index.ts';
import type { Ledger } from '../storage/index.ts';
import {
  aQuarantine,
  aRating,
  aRecommendation,
  aSegment,
  allRowsOf,
  anAccount,
  aWindow,
  interactionsIn,
  noCsv,
  someRows,
} from './ledger-builders.ts';

/**
 * The promises of a Ledger that data depends on, each over an empty one. They stand apart from the suite so that a test can show
 * that a ledger with a planted fault does not pass.
 */
export const ledgerChecks = {
  async 'a window of every kind of row is stored as it was given'(ledger: Ledger): Promise<void> {
    const rows = {
      ratings: [aRating(), aRating({ userId: 2, rating: 5 })],
      segments: [aSegment(), aSegment({ firstOffset: 9, userId: 2 })],
      recommendations: [aRecommendation()],
      accounts: [anAccount()],
      quarantine: [aQuarantine({ offset: 8, line: 'nul \0, quote \' " \\, 漢字 😀 %' })],
    };
    const window = aWindow(await ledger.claim('movielog1', 0), rows);
    expect(await ledger.commitWindow(window, noCsv)).toEqual({
      outcome: 'committed',
      counts: { received: 15, accepted: 14, repeated: 0, quarantined: 1 },
    });
    expect(await allRowsOf(ledger)).toEqual(rows);
    expect(await ledger.counts()).toEqual({
      lines: { received: 15, accepted: 14, repeated: 0, quarantined: 1 },
      ratings: 2,
      watches: 10,
    });
    expect(await ledger.progress('movielog1')).toMatchObject([
      { nextOffset: 15, lastLineHash: 'a'.repeat(64), counts: { received: 15 } },
    ]);
  },

  async 'an owner that was followed by another one writes nothing'(ledger: Ledger): Promise<void> {
    const old = await ledger.claim('movielog1', 0);
    const owner = await ledger.claim('movielog1', 0);
    expect(owner.ownerEpoch).toBeGreaterThan(old.ownerEpoch);
    expect(await ledger.commitWindow(aWindow(old, { ratings: [aRating()] }), noCsv)).toEqual({ outcome: 'fenced' });
    await expectNothing(ledger);
    expect(await ledger.commitWindow(aWindow(owner, { ratings: [aRating()] }), noCsv)).toMatchObject({
      outcome: 'committed',
    });
  },

  async 'a window that does not start at the stored position is not written'(ledger: Ledger): Promise<void> {
    const start = await ledger.claim('movielog1', 0);
    for (const change of [{ expectedOffset: 1, nextOffset: 2 }, { incarnation: start.incarnation + 1 }]) {
      const window = aWindow(start, { ratings: [aRating()] }, change);
      expect(await ledger.commitWindow(window, noCsv)).toEqual({ outcome: 'fenced' });
    }
    await expectNothing(ledger);
    const window = aWindow(start, { ratings: [aRating()] });
    await ledger.commitWindow(window, noCsv);
    expect(await ledger.commitWindow(window, noCsv), 'the same window once more').toEqual({ outcome: 'fenced' });
    expect(await ledger.counts()).toMatchObject({ lines: { received: 1 }, ratings: 1 });
  },

  async 'a log published again adds no rating, no other line and no minute'(ledger: Ledger): Promise<void> {
    const rows = (firstOffset: number) => ({
      ratings: [aRating(), aRating({ time: aTimeLater })],
      segments: [aSegment({ firstOffset })],
      recommendations: [aRecommendation()],
      accounts: [anAccount()],
    });
    const start = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow(start, rows(0)), noCsv);
    const before = await interactionsIn(ledger);
    const [moved] = await ledger.progress();
    expect(await ledger.commitWindow(aWindow(moved, rows(9)), noCsv)).toMatchObject({
      counts: { received: 9, accepted: 5, repeated: 4, quarantined: 0 },
    });
    expect(await interactionsIn(ledger)).toEqual(before);
    expect(before).toMatchObject([{ minutes: 5, rating: 4, ratedAt: aTimeLater }]);
    const { ratings, recommendations, accounts } = await allRowsOf(ledger);
    expect([ratings.length, recommendations.length, accounts.length]).toEqual([2, 1, 1]);
    expect(await ledger.counts()).toMatchObject({ ratings: 2, watches: 10 });
  },

  async 'of two writers that change the plan from one epoch, one wins'(ledger: Ledger): Promise<void> {
    const offers = ['1-aaaaaa', '2-bbbbbb'].map((stable) => ({ ...emptyPlan, epoch: 1, stable }));
    const won = await Promise.all(offers.map((offer) => ledger.changePlan(0, offer)));
    expect(won.filter((one) => one)).toHaveLength(1);
    expect(await ledger.plan()).toEqual(offers[won.indexOf(true)]);
    expect(await ledger.changePlan(0, offers[won.indexOf(false)]), 'a writer that knows epoch 0 still').toBe(false);
  },

  async 'quarantine that is re-driven becomes rows once'(ledger: Ledger): Promise<void> {
    const start = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow(start, { quarantine: [aQuarantine(), aQuarantine({ offset: 1 })] }), noCsv);
    const rows = someRows({ accounts: [anAccount()], segments: [aSegment({ firstOffset: 1, lastMinute: 0 })] });
    const { streamId, incarnation } = start;
    const given = { streamId, incarnation, storedDay: 1, redrivenAt: aTimeLater, offsets: [0, 1], watchLines: 1, rows };
    expect(await ledger.redrive(given, noCsv)).toMatchObject({ outcome: 'committed', counts: { accepted: 2 } });
    expect(await ledger.redrive(given, noCsv), 'the same once more').toEqual({ outcome: 'fenced' });
    expect((await ledger.counts()).lines).toEqual({ received: 2, accepted: 2, repeated: 0, quarantined: 0 });
    expect(await ledger.quarantineCounts()).toEqual([]);
  },

  async 'a viewing counts distinct minutes and every line'(ledger: Ledger): Promise<void> {
    const start = await ledger.claim('movielog1', 0);
    const segments = [aSegment(), aSegment({ firstOffset: 5, firstMinute: 2, lastMinute: 7 })];
    await ledger.commitWindow(aWindow(start, { segments }, { storedDay: 1 }), noCsv);
    await ledger.rollUpDay(1);
    const viewings: { minutes: number; lines: number }[] = [];
    await ledger.viewings((rows) => void viewings.push(...rows));
    expect(viewings).toMatchObject([{ minutes: 8, lines: 11, runs: '0-7' }]);
  },

  async 'a slice that is finished twice is finished once'(ledger: Ledger): Promise<void> {
    const job = { jobId: 'job-1', createdMs: 1, activeDays: null, count: 1, keptCount: 1, asRows: true };
    await ledger.addJob(job);
    await ledger.addSlices('job-1', [{ sliceNo: 0, userIds: Int32Array.of(7) }]);
    await ledger.changeJob('job-1', ['loading'], 'running');
    const finish = (itemId: number) =>
      ledger.completeSlice({
        jobId: 'job-1',
        sliceNo: 0,
        finishedMs: 2,
        answered: 1,
        fallback: 0,
        failed: 0,
        body: Uint8Array.of(itemId),
        rows: [{ userId: 7, rank: 1, itemId, score: 1, modelVersion: '1-aaaaaa' }],
      });
    expect([await finish(1), await finish(2)]).toEqual([true, false]);
    expect(await ledger.job('job-1')).toMatchObject({ slices: { done: 1 }, users: { answered: 1 } });
    const results = await ledger.sliceResults('job-1', -1, 9);
    expect(results.map(({ body }) => [...body])).toEqual([[1]]);
  },
} satisfies Record<string, (ledger: Ledger) => Promise<void>>;

const aTimeLater = aRating().time + 60;

async function expectNothing(ledger: Ledger): Promise<void> {
  const nothing = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
  expect(await ledger.counts()).toEqual({ lines: nothing, ratings: 0, watches: 0 });
  expect(Object.values(await allRowsOf(ledger)).flat()).toEqual([]);
}
