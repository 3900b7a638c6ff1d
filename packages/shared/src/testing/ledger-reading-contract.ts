import { array, assert as assertProperty, asyncProperty, integer, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { RatingRow, SegmentRow, UserRow } from '../storage/index.ts';
import type { OpenedLedger } from './ledger-contract.ts';
import { aQuarantine, aRating, aSegment, aTime, aWindow, interactionsIn, noCsv } from './ledger-builders.ts';

/** What the other services may rely on, beside the checks of `ledger-checks.ts`. */
export function ledgerReadingContract(opened: OpenedLedger): void {
  test('an empty ledger is up and has nothing', async () => {
    const { ledger } = opened;
    const lines = { received: 0, accepted: 0, repeated: 0, quarantined: 0 };
    expect(await ledger.isUp()).toBe(true);
    expect(await ledger.counts()).toEqual({ lines, ratings: 0, watches: 0 });
    expect(await ledger.items()).toEqual([]);
    expect(await interactionsIn(ledger)).toEqual([]);
    expect(await ledger.quarantined(10)).toEqual([]);
    expect(await ledger.progress()).toEqual([]);
    expect(await ledger.versions()).toEqual([]);
  });

  test('minutes are the distinct ones over all segments, however they overlap', async () => {
    const { ledger } = opened;
    let stream = await ledger.claim('movielog1', 0);
    let user = 0;
    const run = tuple(integer({ min: 0, max: 30 }), integer({ min: 0, max: 12 }));
    await assertProperty(
      asyncProperty(array(run, { minLength: 1, maxLength: 8 }), async (runs) => {
        user++;
        const segments = runs.map(([firstMinute, more], place) =>
          aSegment({
            userId: user,
            firstOffset: stream.nextOffset + place,
            firstMinute,
            lastMinute: firstMinute + more,
          }),
        );
        await ledger.commitWindow(aWindow(stream, { segments }), noCsv);
        [stream] = await ledger.progress();
        const minutes = new Set(runs.flatMap(([first, more]) => Array.from({ length: more + 1 }, (_, m) => first + m)));
        expect(await interactionsIn(ledger, [user])).toMatchObject([{ minutes: minutes.size }]);
      }),
      { numRuns: 40 },
    );
  });

  test('interactions are one row a (user, item), in that order, as a brute-force sum finds them', async () => {
    const { ledger } = opened;
    const { segments, ratings } = aBusyLog();
    await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { segments, ratings }), noCsv);
    const expected = bruteForce(segments, ratings);
    expect(expected.length).toBeGreaterThan(1_000);
    expect(await interactionsIn(ledger)).toEqual(expected);
    const some = [7, 3, 3, 999_999];
    expect(await interactionsIn(ledger, some)).toEqual(expected.filter(({ userId }) => some.includes(userId)));
    expect(await interactionsIn(ledger, [])).toEqual([]);
  });

  test('the newest rating is that of the latest time, at the same second the larger', async () => {
    const { ledger } = opened;
    const ratings = [
      aRating({ rating: 5 }),
      aRating({ rating: 2, time: aTime + 9 }),
      aRating({ rating: 3, time: aTime + 9 }),
      aRating({ rating: 4, time: aTime + 8 }),
    ];
    await ledger.commitWindow(aWindow(await ledger.claim('movielog1', 0), { ratings }), noCsv);
    expect(await interactionsIn(ledger)).toEqual([
      { userId: 1, itemId: 1, minutes: 0, reached: 0, rating: 3, ratedAt: aTime + 9, lastTime: aTime + 9 },
    ]);
    const all: RatingRow[] = [];
    await ledger.ratings((rows) => void all.push(...rows));
    expect(all.map(({ rating }) => rating)).toEqual([5, 4, 2, 3]);
  });

  test('counts are those of the rows after any windows', async () => {
    const { ledger } = opened;
    for (const partition of [0, 1, 2]) {
      const start = await ledger.claim('movielog1', partition);
      const rows = { ratings: [aRating({ itemId: partition + 1 })], segments: [aSegment()] };
      await ledger.commitWindow(aWindow(start, { ...rows, quarantine: [aQuarantine({ offset: 7 })] }), noCsv);
    }
    expect(await ledger.counts()).toEqual({
      lines: { received: 21, accepted: 18, repeated: 0, quarantined: 3 },
      ratings: 3,
      watches: 15,
    });
  });

  test('the last refused lines come first', async () => {
    const { ledger } = opened;
    const quarantine = [3, 1, 2].map((offset) => aQuarantine({ offset, reason: 'TIME', line: `line ${offset}` }));
    const { streamId, ...start } = await ledger.claim('movielog1', 0);
    await ledger.commitWindow(aWindow({ streamId, ...start }, { quarantine }), noCsv);
    expect(await ledger.quarantined(2)).toEqual([
      { streamId, offset: 3, reason: 'TIME', line: 'line 3' },
      { streamId, offset: 2, reason: 'TIME', line: 'line 2' },
    ]);
  });

  test('details of users are replaced by newer ones', async () => {
    const { ledger } = opened;
    const rows: UserRow[] = Array.from({ length: 2_500 }, (_, user) => ({
      userId: user + 1,
      age: 30,
      gender: 'F',
      occupation: 'artist',
    }));
    await ledger.upsertUsers(rows);
    await ledger.upsertUsers([{ userId: 2, age: null, gender: null, occupation: null }]);
    const all: UserRow[] = [];
    await ledger.users((page) => void all.push(...page));
    expect(all).toEqual(rows.with(1, { userId: 2, age: null, gender: null, occupation: null }));
  });

  test('a movie known by its id alone has that as its title; details arrive later and keep its integer', async () => {
    const { ledger } = opened;
    const number = (await ledger.itemIds(['heat+1995'])).get('heat+1995');
    const unknown = { id: 'heat+1995', title: 'heat+1995', year: null, genres: [], runtime: null };
    expect(await ledger.items()).toEqual([{ itemId: number, movie: unknown }]);
    const heat = {
      id: 'heat+1995',
      title: "Heat — l'affrontement",
      year: 1995,
      genres: ['Crime', 'Drama'],
      runtime: 170,
      minAge: 16,
    };
    const alien = { id: 'alien+1979', title: 'Alien', year: 1979, genres: [], runtime: 117.5 };
    await ledger.upsertMovies([alien, heat]);
    expect(await ledger.items()).toEqual([
      { itemId: 1, movie: heat },
      { itemId: 2, movie: alien },
    ]);
    await ledger.upsertMovies([{ ...heat, minAge: 0 }]);
    expect((await ledger.items())[0].movie.minAge).toBe(0);
    const { minAge: _, ...unrated } = heat;
    await ledger.upsertMovies([unrated]);
    expect((await ledger.items())[0].movie).toEqual(unrated);
  });
}

/** 26,000 rows, so that scans need several pages; fixed, so that a failure can be read. */
function aBusyLog(): { segments: SegmentRow[]; ratings: RatingRow[] } {
  const segments = Array.from({ length: 24_000 }, (_, place) =>
    aSegment({
      firstOffset: place * 40,
      userId: 1 + ((place * 7_919) % 701),
      itemId: 1 + ((place * 104_729) % 5),
      firstMinute: (place * 31) % 90,
      lastMinute: ((place * 31) % 90) + (place % 25),
    }),
  );
  const ratings = Array.from({ length: 2_000 }, (_, place) =>
    aRating({
      userId: 1 + ((place * 13) % 1_409),
      itemId: 1 + (place % 7),
      time: aTime + (place % 50),
      rating: 1 + (place % 5),
    }),
  );
  return { segments, ratings };
}

function bruteForce(segments: SegmentRow[], ratings: RatingRow[]) {
  const found = new Map<
    string,
    { userId: number; itemId: number; minutes: Set<number>; newest?: RatingRow; time: number }
  >();
  const at = ({ userId, itemId }: { userId: number; itemId: number }) => {
    const key = `${userId} ${itemId}`;
    const entry = found.get(key) ?? { userId, itemId, minutes: new Set<number>(), time: 0 };
    found.set(key, entry);
    return entry;
  };
  for (const segment of segments) {
    const entry = at(segment);
    for (let minute = segment.firstMinute; minute <= segment.lastMinute; minute++) entry.minutes.add(minute);
    entry.time = Math.max(entry.time, segment.lastTime);
  }
  for (const rating of ratings.toSorted((a, b) => a.time - b.time || a.rating - b.rating)) {
    const entry = at(rating);
    entry.newest = rating;
    entry.time = Math.max(entry.time, rating.time);
  }
  return [...found.values()]
    .toSorted((a, b) => a.userId - b.userId || a.itemId - b.itemId)
    .map(({ userId, itemId, minutes, newest, time }) => ({
      userId,
      itemId,
      minutes: minutes.size,
      reached: Math.max(-1, ...minutes) + 1,
      rating: newest?.rating ?? 0,
      ratedAt: newest?.time ?? 0,
      lastTime: time,
    }));
}
