import { expect, test } from 'vitest';
import type { AppendCsv, CsvFile, WindowRows } from '../storage/index.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { aQuarantine, aRating, aSegment, allRowsOf, anAccount, aWindow, noCsv, someRows } from './ledger-builders.ts';

const aCsvFile = (change: Partial<CsvFile>): CsvFile => ({
  path: 'ratings-1-1.csv',
  streamId: 1,
  ownerEpoch: 1,
  kind: 'ratings',
  storedDay: 20_000,
  committedBytes: 10,
  committedRows: 1,
  ...change,
});

const noSpace: AppendCsv = async () => {
  throw new Error('no space left');
};

/** What ingest may rely on, beside the checks of `ledger-checks.ts`. */
export function ledgerIngestContract(opened: OpenedLedger): void {
  test('a claim keeps the position and raises the epoch; other partitions are not touched', async () => {
    const { ledger } = opened;
    const first = await ledger.claim('movielog1', 0);
    const other = await ledger.claim('movielog1', 1);
    await ledger.commitWindow(aWindow(first, { ratings: [aRating()] }), noCsv);
    const again = await ledger.claim('movielog1', 0);
    expect(again).toMatchObject({ streamId: first.streamId, ownerEpoch: first.ownerEpoch + 1, nextOffset: 1 });
    expect(await ledger.progress('movielog1')).toEqual([again, other]);
    expect(await ledger.progress('another topic')).toEqual([]);
  });

  test('claims at the same time, through several openings, have different epochs of one stream', async () => {
    const ledgers = await Promise.all([opened.another(), opened.another(), opened.another()]);
    const claims = await Promise.all([...ledgers, ...ledgers].map((ledger) => ledger.claim('movielog1', 0)));
    expect(new Set(claims.map(({ streamId }) => streamId)).size).toBe(1);
    expect(claims.map(({ ownerEpoch }) => ownerEpoch).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a rating that stands on two partitions, and twice in a window, counts once', async () => {
    const { ledger } = opened;
    const [one, two] = [await ledger.claim('movielog1', 0), await ledger.claim('movielog1', 1)];
    const first = await ledger.commitWindow(aWindow(one, { ratings: [aRating(), aRating()] }), noCsv);
    expect(first).toMatchObject({ counts: { received: 2, accepted: 1, repeated: 1 } });
    const second = await ledger.commitWindow(aWindow(two, { ratings: [aRating()], accounts: [anAccount()] }), noCsv);
    expect(second).toMatchObject({ counts: { received: 2, accepted: 1, repeated: 1 } });
    expect((await allRowsOf(ledger)).ratings).toEqual([aRating()]);
  });

  test('two partitions that write the same ratings at once write each once', async () => {
    const ledgers = [await opened.another(), await opened.another()];
    const ratings = Array.from({ length: 300 }, (_, item) => aRating({ itemId: item + 1 }));
    const sides = [ratings, ratings.toReversed()];
    const claims = await Promise.all(ledgers.map((ledger, partition) => ledger.claim('movielog1', partition)));
    const results = await Promise.all(
      ledgers.map((ledger, side) => ledger.commitWindow(aWindow(claims[side], { ratings: sides[side] }), noCsv)),
    );
    const accepted = results.map((result) => (result.outcome === 'committed' ? result.counts.accepted : NaN));
    expect(accepted[0] + accepted[1]).toBe(300);
    expect((await allRowsOf(opened.ledger)).ratings).toEqual(ratings);
  });

  test('CSV is given the new rows only, and its lengths commit with them', async () => {
    const { ledger } = opened;
    const given: WindowRows[] = [];
    const csv = (file: CsvFile) => async (rows: WindowRows) => {
      given.push(structuredClone(rows));
      return [file];
    };
    const start = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow(start, { ratings: [aRating()] }), csv(aCsvFile({})));
    const [moved] = await ledger.progress();
    const next = [aRating(), aRating({ rating: 2 })];
    const longer = aCsvFile({ committedBytes: 20, committedRows: 2 });
    await ledger.commitWindow(aWindow(moved, { ratings: next }), csv(longer));
    expect(given.map(({ ratings }) => ratings)).toEqual([[aRating()], [aRating({ rating: 2 })]]);
    expect(await ledger.csvFiles()).toEqual([longer]);
  });

  test('when CSV cannot be written nothing is written, and the same window can be written afterwards', async () => {
    const { ledger } = opened;
    const window = aWindow(await ledger.claim('movielog1', 0), {
      ratings: [aRating()],
      segments: [aSegment()],
      quarantine: [aQuarantine({ offset: 6 })],
    });
    const before = await ledger.progress();
    await expect(ledger.commitWindow(window, noSpace)).rejects.toThrow('no space left');
    expect(await allRowsOf(ledger)).toEqual(someRows());
    expect(await ledger.progress()).toEqual(before);
    expect(await ledger.commitWindow(window, noCsv)).toMatchObject({ outcome: 'committed', counts: { accepted: 6 } });
  });

  test('other calls wait for a window that is being written and see all of it', async () => {
    const { ledger } = opened;
    const window = aWindow(await ledger.claim('movielog1', 0), { ratings: [aRating()] });
    const halfway = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const commit = ledger.commitWindow(window, async () => {
      halfway.resolve();
      await goOn.promise;
      return [];
    });
    await halfway.promise;
    const version = ledger.nextVersionNumber();
    goOn.resolve();
    expect(await commit).toMatchObject({ outcome: 'committed' });
    expect(await version).toBe(1);
    expect((await ledger.counts()).ratings).toBe(1);
  });

  test('a segment at the bounds of what a log may hold is stored as it is', async () => {
    const { ledger } = opened;
    const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000;
    const segments = [
      aSegment({ firstOffset: 0, firstTime: 0, lastTime: 0, firstMinute: 0, lastMinute: 0, lines: 1 }),
      aSegment({
        firstOffset: Number.MAX_SAFE_INTEGER - 1,
        userId: 2 ** 31 - 1,
        itemId: 2 ** 31 - 1,
        firstMinute: 2_000,
        lastMinute: 2_000,
        firstTime: lastSecond,
        lastTime: lastSecond,
        lines: 5_000_000,
      }),
    ];
    const start = await ledger.claim('movielog1', 0);
    const window = aWindow(start, { segments }, { nextOffset: Number.MAX_SAFE_INTEGER, storedDay: 60_000 });
    expect(await ledger.commitWindow(window, noCsv)).toMatchObject({ outcome: 'committed' });
    expect((await allRowsOf(ledger)).segments).toEqual(segments);
  });

  test('a window whose figures do not add up, or that holds a position twice, is DATA_INVALID and writes nothing', async () => {
    const { ledger } = opened;
    const start = await ledger.claim('movielog1', 0);
    const segments = [aSegment()];
    const wrong = [
      aWindow(start, { ratings: [aRating()] }, { received: 2 }),
      aWindow(start, { ratings: [aRating()] }, { received: 0 }),
      aWindow(start, { segments }, { watchLines: 4 }),
      aWindow(start, { segments }, { nextOffset: -1 }),
      aWindow(start, { segments: [...segments, ...segments] }),
    ];
    for (const window of wrong) {
      await expect(ledger.commitWindow(window, noCsv)).rejects.toMatchObject({ code: 'DATA_INVALID' });
    }
    expect(await allRowsOf(ledger)).toEqual(someRows());
    expect(await ledger.progress()).toEqual([start]);
  });

  test('offsets that a log leaves out are passed by a window without rows', async () => {
    const { ledger } = opened;
    const start = await ledger.claim('movielog1', 0);
    expect(await ledger.commitWindow(aWindow(start, {}, { nextOffset: 2 ** 40 }), noCsv)).toMatchObject({
      outcome: 'committed',
      counts: { received: 0 },
    });
    expect(await ledger.progress()).toMatchObject([{ nextOffset: 2 ** 40 }]);
  });

  test('a topic made anew starts at 0 beside the rows of the old one', async () => {
    const { ledger } = opened;
    const rows = { segments: [aSegment()], quarantine: [aQuarantine({ offset: 5 })] };
    const old = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow(old, rows), noCsv);
    const anew = await ledger.beginIncarnation(old.streamId, old.ownerEpoch);
    expect(anew).toMatchObject({ incarnation: old.incarnation + 1, nextOffset: 0, lastLineHash: null });
    expect(await ledger.commitWindow(aWindow(anew, rows), noCsv)).toMatchObject({ outcome: 'committed' });
    const all = await allRowsOf(ledger);
    expect([all.segments.length, all.quarantine.length]).toEqual([2, 2]);
    await ledger.claim('movielog1', 0);
    await expect(ledger.beginIncarnation(old.streamId, old.ownerEpoch)).rejects.toMatchObject({ code: 'FENCED' });
  });

  test('many thousand rows in one window', async () => {
    const { ledger } = opened;
    const segments = Array.from({ length: 12_345 }, (_, user) => aSegment({ userId: user + 1, firstOffset: user * 5 }));
    const ratings = Array.from({ length: 2_345 }, (_, user) => aRating({ userId: user + 1 }));
    const start = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow(start, { segments, ratings }), noCsv);
    const all = await allRowsOf(ledger);
    expect(all.segments).toEqual(segments);
    expect(all.ratings).toEqual(ratings);
  });

  test('text ids keep their integers, given once under concurrent callers, from 1 on without a gap', async () => {
    const ledgers = [opened.ledger, await opened.another(), await opened.another()];
    const ids = Array.from({ length: 700 }, (_, item) => `movie+${item}+1999`);
    const halves = [ids.slice(0, 500), ids.slice(200), ids.toReversed()];
    const given = await Promise.all(ledgers.map((ledger, place) => ledger.itemIds(halves[place])));
    const all = await opened.ledger.itemIds(ids);
    expect([...all.values()].toSorted((a, b) => a - b)).toEqual(ids.map((_, item) => item + 1));
    given.forEach((map) => map.forEach((number, id) => expect(all.get(id)).toBe(number)));
    expect(await opened.ledger.itemIds([])).toEqual(new Map());
  });

  test('ids that differ in case or accent are different; one that ends in a space is refused', async () => {
    const ids = ['heat+1995', 'Heat+1995', 'héat+1995', '%2b+1995'];
    expect(new Set((await opened.ledger.itemIds([...ids, ...ids])).values()).size).toBe(4);
    for (const id of ['', 'heat+1995 ', 'x'.repeat(201)]) {
      await expect(opened.ledger.itemIds([id])).rejects.toMatchObject({ code: 'DATA_INVALID' });
    }
  });
}
