import { describe, expect, test } from 'vitest';
import type { Ledger, QuarantinedLine, Redrive, ViewingRow } from '../storage/index.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import {
  aQuarantine,
  aRating,
  aSegment,
  aTime,
  allRowsOf,
  aWindow,
  interactionsIn,
  noCsv,
  someRows,
} from './ledger-builders.ts';

const [yesterday, today] = [20_000, 20_001];

async function openLines(ledger: Ledger): Promise<QuarantinedLine[]> {
  const lines: QuarantinedLine[] = [];
  await ledger.openQuarantine((page) => void lines.push(...page));
  return lines;
}

async function viewingsIn(ledger: Ledger): Promise<ViewingRow[]> {
  const rows: ViewingRow[] = [];
  await ledger.viewings((page) => void rows.push(...page));
  return rows;
}

/** Three refused lines at 0, 1 and 2, and a rating. */
async function withQuarantine(ledger: Ledger): Promise<Pick<Redrive, 'streamId' | 'incarnation'>> {
  const start = await ledger.claim('movielog1', 0);
  const quarantine = [0, 1, 2].map((offset) => aQuarantine({ offset, reason: offset === 1 ? 'TIME' : 'FORM' }));
  await ledger.commitWindow(aWindow(start, { ratings: [aRating()], quarantine }, { storedDay: yesterday }), noCsv);
  return { streamId: start.streamId, incarnation: start.incarnation };
}

const aRedrive = (place: Pick<Redrive, 'streamId' | 'incarnation'>, change: Partial<Redrive>): Redrive => ({
  ...place,
  storedDay: today,
  redrivenAt: aTime,
  offsets: [0],
  watchLines: 0,
  rows: someRows({ ratings: [aRating({ rating: 5 })] }),
  ...change,
});

/** Two users; the first watched in two goes on one day and once more on the next. */
async function withTwoDays(ledger: Ledger): Promise<void> {
  const start = await ledger.claim('movielog1', 0);
  const early = [
    aSegment({ firstMinute: 0, lastMinute: 4 }),
    aSegment({ firstOffset: 5, firstMinute: 3, lastMinute: 9 }),
    aSegment({ firstOffset: 12, firstMinute: 20, lastMinute: 20, firstTime: aTime + 900, lastTime: aTime + 900 }),
    aSegment({ firstOffset: 13, userId: 2 }),
  ];
  await ledger.commitWindow(aWindow(start, { segments: early }, { storedDay: yesterday }), noCsv);
  const [moved] = await ledger.progress();
  const late = [aSegment({ firstOffset: 18, firstMinute: 8, lastMinute: 11, lastTime: aTime + 9_000 })];
  await ledger.commitWindow(aWindow(moved, { segments: late }, { storedDay: today }), noCsv);
}

/** What happens to rows after they were written: re-driven quarantine, roll-up, retention. */
export function ledgerUpkeepContract(opened: OpenedLedger): void {
  describe('re-driven quarantine', () => {
    test('becomes rows and leaves the counts and the lists; the sum stays', async () => {
      const { ledger } = opened;
      const place = await withQuarantine(ledger);
      expect(await ledger.quarantineCounts()).toEqual([
        { reason: 'FORM', lines: 2 },
        { reason: 'TIME', lines: 1 },
      ]);
      const segments = [aSegment({ firstOffset: 2, firstMinute: 7, lastMinute: 7 })];
      const rows = someRows({ ratings: [aRating({ rating: 5 })], segments });
      const result = await ledger.redrive(aRedrive(place, { offsets: [0, 2], watchLines: 1, rows }), noCsv);
      expect(result).toEqual({
        outcome: 'committed',
        counts: { received: 2, accepted: 2, repeated: 0, quarantined: 0 },
      });
      expect(await ledger.counts()).toEqual({
        lines: { received: 4, accepted: 3, repeated: 0, quarantined: 1 },
        ratings: 2,
        watches: 1,
      });
      expect(await ledger.quarantineCounts()).toEqual([{ reason: 'TIME', lines: 1 }]);
      expect((await openLines(ledger)).map(({ offset }) => offset)).toEqual([1]);
      expect((await ledger.quarantined(10)).map(({ offset }) => offset)).toEqual([1]);
      const all = await allRowsOf(ledger);
      expect(all.segments).toEqual(segments);
      expect(all.quarantine, 'the record of what was refused stays').toHaveLength(3);
    });

    test('a second time is refused and writes nothing, also when both come at once', async () => {
      const ledgers = [opened.ledger, await opened.another()];
      const place = await withQuarantine(opened.ledger);
      const both = await Promise.all(ledgers.map((ledger) => ledger.redrive(aRedrive(place, {}), noCsv)));
      expect(both.map(({ outcome }) => outcome).toSorted()).toEqual(['committed', 'fenced']);
      const before = [await opened.ledger.counts(), await allRowsOf(opened.ledger)];
      expect(
        await opened.ledger.redrive(
          aRedrive(place, {
            offsets: [0, 1],
            watchLines: 1,
            rows: someRows({ ratings: [aRating({ rating: 1 })], segments: [aSegment({ lastMinute: 0 })] }),
          }),
          noCsv,
        ),
      ).toEqual({ outcome: 'fenced' });
      expect([await opened.ledger.counts(), await allRowsOf(opened.ledger)]).toEqual(before);
    });

    test('a line whose row is known counts as repeated', async () => {
      const { ledger } = opened;
      const place = await withQuarantine(ledger);
      const rows = someRows({ ratings: [aRating()] });
      expect(await ledger.redrive(aRedrive(place, { rows }), noCsv)).toMatchObject({
        counts: { received: 1, accepted: 0, repeated: 1 },
      });
      expect((await ledger.counts()).lines).toEqual({ received: 4, accepted: 1, repeated: 1, quarantined: 2 });
    });

    test('rows that are not those of the lines are DATA_INVALID; CSV that cannot be written undoes all', async () => {
      const { ledger } = opened;
      const place = await withQuarantine(ledger);
      const before = [await ledger.counts(), await allRowsOf(ledger), await openLines(ledger)];
      for (const change of [{ offsets: [0, 1] }, { offsets: [] }, { watchLines: 1 }]) {
        await expect(ledger.redrive(aRedrive(place, change), noCsv)).rejects.toMatchObject({ code: 'DATA_INVALID' });
      }
      const failing = ledger.redrive(aRedrive(place, {}), () => Promise.reject(new Error('no space left')));
      await expect(failing).rejects.toThrow('no space left');
      expect([await ledger.counts(), await allRowsOf(ledger), await openLines(ledger)]).toEqual(before);
    });
  });

  describe('roll-up and retention', () => {
    test('one viewing for each user, item and day, with distinct minutes; again and again the same', async () => {
      const { ledger } = opened;
      await withTwoDays(ledger);
      expect((await ledger.segmentDays()).map(({ day, segments, viewings }) => ({ day, segments, viewings }))).toEqual([
        { day: yesterday, segments: 4, viewings: null },
        { day: today, segments: 1, viewings: null },
      ]);
      const rolled = { day: yesterday, segments: 4, lines: 18, viewings: 2, dropped: false };
      expect(await ledger.rollUpDay(yesterday)).toEqual(rolled);
      expect(await ledger.rollUpDay(yesterday)).toEqual(rolled);
      expect((await ledger.segmentDays())[0]).toEqual(rolled);
      const common = { itemId: 1, day: yesterday, firstTime: aTime };
      expect(await viewingsIn(ledger)).toEqual([
        { ...common, userId: 1, minutes: 11, lastTime: aTime + 900, lines: 13, runs: '0-9,20-20' },
        { ...common, userId: 2, minutes: 5, lastTime: aTime + 240, lines: 5, runs: '0-4' },
      ]);
      await expect(ledger.rollUpDay(19_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('segments go only when their roll-up is current, and no distinct minute goes with them', async () => {
      const { ledger } = opened;
      await withTwoDays(ledger);
      const before = await interactionsIn(ledger);
      await expect(ledger.dropSegments(yesterday)).rejects.toMatchObject({ code: 'DATA_INVALID' });
      await ledger.rollUpDay(yesterday);
      await ledger.dropSegments(yesterday);
      await ledger.dropSegments(yesterday);
      expect((await allRowsOf(ledger)).segments).toHaveLength(1);
      expect(await interactionsIn(ledger)).toEqual(before);
      expect(await interactionsIn(ledger, [1])).toEqual(before.slice(0, 1));
      expect(before).toMatchObject([{ minutes: 13 }, { minutes: 5 }]);
      await expect(ledger.rollUpDay(yesterday), 'its viewings are all that is left').rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    test('a segment that came after the roll-up makes it stale', async () => {
      const { ledger } = opened;
      await withTwoDays(ledger);
      await ledger.rollUpDay(today);
      const [moved] = await ledger.progress();
      const segments = [aSegment({ firstOffset: 30, userId: 3 })];
      await ledger.commitWindow(aWindow(moved, { segments }, { storedDay: today }), noCsv);
      expect((await ledger.segmentDays())[1]).toMatchObject({ segments: 2, viewings: null });
      await expect(ledger.dropSegments(today)).rejects.toMatchObject({ code: 'DATA_INVALID' });
      expect(await ledger.rollUpDay(today)).toMatchObject({ segments: 2, viewings: 2 });
    });

    test('CSV files of earlier days are forgotten, and rows of these days are left out on request', async () => {
      const { ledger } = opened;
      const start = await ledger.claim('movielog1', 0);
      const csv = (day: number) => async () => [
        {
          path: `ratings/${day}.csv`,
          streamId: 1,
          ownerEpoch: 1,
          kind: 'ratings',
          storedDay: day,
          committedBytes: 9,
          committedRows: 1,
        } as const,
      ];
      await ledger.commitWindow(aWindow(start, { ratings: [aRating()] }, { storedDay: yesterday }), csv(yesterday));
      const [moved] = await ledger.progress();
      const ratings = [aRating({ rating: 1 })];
      await ledger.commitWindow(aWindow(moved, { ratings }, { storedDay: today }), csv(today));
      expect(await ledger.dropCsvBefore(today)).toEqual([`ratings/${yesterday}.csv`]);
      expect(await ledger.dropCsvBefore(today)).toEqual([]);
      expect(await ledger.csvFromDay()).toBe(today);
      expect((await ledger.csvFiles()).map(({ path }) => path)).toEqual([`ratings/${today}.csv`]);
      const kept = someRows();
      await ledger.allRows((page) => void kept.ratings.push(...page.ratings), { fromDay: today });
      expect(kept.ratings).toEqual(ratings);
    });

    test('numbers of re-drives are given once', async () => {
      const ledgers = [opened.ledger, await opened.another()];
      const numbers = await Promise.all([...ledgers, ...ledgers].map((ledger) => ledger.nextRedrive()));
      expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    });
  });
}
