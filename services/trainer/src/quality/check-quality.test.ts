import { describe, expect, test } from 'vitest';
import type { InteractionRow } from '@reelay/shared/storage';
import { createDice, drawTasteData, shuffle } from '../testing/taste-data.ts';
import { checkQuality, failuresIn } from './check-quality.ts';
import type { DataSummary } from './data-summary.ts';
import type { QualityLimits } from './quality-limits.ts';
import { DataSummariser } from './summarise-data.ts';

const limits: QualityLimits = {
  ratingMax: 5,
  minutesMax: 1_440,
  outOfRangeMax: 0.001,
  rowsKeptMin: 0.7,
  detailsRiseMax: 0.3,
  psiMax: 0.25,
  effectMax: 0.25,
  associationKeptMin: 0.5,
  smallRows: 1_000,
};

/** Films have lengths and are liked more or less, so that minutes and ratings have to do with the item, as in the world. */
const drawn = drawTasteData({ users: 1_200, items: 150, eventsPerUser: 20, seed: 3 });
const rows: InteractionRow[] = drawn.interactions.map((row, at) => ({
  ...row,
  minutes: 60 + ((row.itemId * 37) % 90) + (at % 20),
  rating: at % 3 === 0 ? 1 + (row.itemId % 3) + (row.userId % 2) + ((at / 3) % 2) : 0,
}));
const items = drawn.movies.map((movie, at) => ({ itemId: at + 1, movie }));
const groupOf = (userId: number): number => 1 + (userId % 16);

function summaryOf(from: InteractionRow[], known = { items, groupOf }): DataSummary {
  const summariser = new DataSummariser(limits);
  for (const row of from) summariser.add(row);
  return summariser.finish(known.items, known.groupOf);
}
const byUserAndItem = (a: InteractionRow, b: InteractionRow): number => a.userId - b.userId || a.itemId - b.itemId;

/** The values of one column, dealt anew: its histogram stays. */
function deal(column: 'minutes' | 'rating' | 'itemId' | 'userId'): InteractionRow[] {
  const values = shuffle(rows.map((row) => row[column]), createDice(4)); // prettier-ignore
  const dealt = rows.map((row, at) => ({ ...row, [column]: values[at] }));
  const pairs = new Map(dealt.map((row) => [`${row.userId} ${row.itemId}`, row]));
  return [...pairs.values()].sort(byUserAndItem);
}

const before = summaryOf(rows.filter(({ userId }) => userId <= 1_000));
const failed = (now: DataSummary, then: DataSummary | null = before): string[] =>
  checkQuality(now, then, limits)
    .filter(({ verdict }) => verdict === 'failed')
    .map(({ name }) => name);

test('ordinary growth passes: more users, more of each user, the same again, and a little less', () => {
  expect(rows.length).toBe(24_000);
  expect(failed(summaryOf(rows))).toEqual([]);
  expect(failed(before)).toEqual([]);
  const young = rows.filter(({ lastTime, userId }) => userId <= 1_000 && lastTime < 1_700_600_000);
  expect(young.length).toBeLessThan(15_000);
  expect(failed(summaryOf(rows), summaryOf(young))).toEqual([]);
  expect(failed(summaryOf(rows.filter(({ userId }) => userId <= 800)))).toEqual([]);
});

describe('stops', () => {
  test.each([
    ['halved data', summaryOf(rows.filter(({ userId }) => userId <= 500)), ['rows kept']],
    [
      'ratings all 5',
      summaryOf(rows.map((row) => (row.rating > 0 ? { ...row, rating: 5 } : row))),
      ['drift of ratings'],
    ],
    [
      'minutes × 60',
      summaryOf(rows.map((row) => ({ ...row, minutes: 60 * row.minutes }))),
      ['minutes in range', 'drift of minutes'],
    ],
    ['doubled rows', summaryOf(rows.flatMap((row) => [row, row])), ['duplicates']],
    [
      'seconds for milliseconds',
      summaryOf(rows.map((row) => ({ ...row, lastTime: 1_000 * row.lastTime }))),
      ['time in range'],
    ],
    [
      'no minutes',
      summaryOf(rows.map((row) => ({ ...row, minutes: Number.NaN }))),
      ['minutes in range', 'drift of minutes'],
    ],
    [
      'details gone',
      summaryOf(rows, {
        items: items.map(({ itemId }) => ({ itemId, movie: { ...drawn.movies[0], year: null, genres: [] } })),
        groupOf: () => 0,
      }),
      ['items without details', 'users without details'],
    ],
    ['other people', summaryOf(rows, { items, groupOf: () => 7 }), ['drift of groups']],
    ['users dealt anew', summaryOf(deal('userId')), ['association of ratings and users']],
    ['minutes dealt anew', summaryOf(deal('minutes')), ['association of minutes and items']],
    ['ratings dealt anew', summaryOf(deal('rating')), ['association of ratings and items']],
    [
      'items dealt anew',
      summaryOf(deal('itemId')),
      ['association of minutes and items', 'association of ratings and items'],
    ],
  ])('%s', (_what, now, names) => {
    expect(failed(now)).toEqual(expect.arrayContaining(names));
    expect(failuresIn(checkQuality(now, before, limits)).split('; ').length).toBe(failed(now).length);
  });

  test('columns exchanged, on the very first data', () => {
    const swapped = rows.map((row) => ({ ...row, minutes: row.rating, rating: row.minutes }));
    expect(failed(summaryOf(swapped), null)).toEqual(['rating in range']);
    expect(failed(summaryOf(rows), null)).toEqual([]);
  });
});

test('few rows are no reason: a day of a handful of people beside another', () => {
  const [one, other] = [
    rows.filter(({ userId }) => userId <= 15),
    rows.filter(({ userId }) => userId > 15 && userId <= 30),
  ];
  expect(one.length).toBe(300);
  expect(failed(summaryOf(other), summaryOf(one))).toEqual([]);
  const fives = other.map((row) => (row.rating > 0 ? { ...row, rating: 5 } : row));
  expect(failed(summaryOf(fives), summaryOf(one))).toEqual(['drift of ratings']);
});

test('one odd row in two thousand passes, and is worth a look', () => {
  const odd = rows.map((row, at) => (at % 2_000 === 0 ? { ...row, minutes: 5_000 } : row));
  const check = checkQuality(summaryOf(odd), before, limits).find(({ name }) => name === 'minutes in range');
  expect(check).toMatchObject({ verdict: 'watch', value: 12 / 24_000 });
});
