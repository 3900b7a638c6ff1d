import { expect, test } from 'vitest';
import type { RatingTable } from './rating-table.ts';
import {
  splitByTime,
  splitGiven,
  splitLastOfUsers,
  splitOneOfUsers,
  splitRandom,
  type RatingSplit,
} from './split-ratings.ts';
import { kindOfSplit, splitForValidation } from './validation-split.ts';

/** 60 users with 10 rows each; row numbers do not go with time. */
const table: RatingTable = {
  users: 60,
  items: 50,
  user: Int32Array.from({ length: 600 }, (_, row) => row % 60),
  item: Int32Array.from({ length: 600 }, (_, row) => (row * 7) % 50),
  rating: Float64Array.from({ length: 600 }, (_, row) => 1 + (row % 5)),
  time: Float64Array.from({ length: 600 }, (_, row) => (row * 389) % 601),
};
const timeless = { ...table, time: new Float64Array(600).fill(Number.NaN) };

/** Problems of a split: rows that are lost, doubled or out of order. */
function problems({ train, test: held }: RatingSplit): string[] {
  const all = [...train, ...held];
  const ascending = (rows: Int32Array) => rows.every((row, at) => at === 0 || row > rows[at - 1]);
  return [
    ...(all.length === 600 ? [] : ['count']),
    ...(new Set(all).size === all.length ? [] : ['doubled']),
    ...(ascending(train) && ascending(held) ? [] : ['order']),
  ];
}

const splits: [string, () => RatingSplit, number][] = [
  ['random', () => splitRandom(table, 0.1, 7), 60],
  ['by time', () => splitByTime(table, 0.1), 60],
  ['last of each user', () => splitLastOfUsers(table), 60],
  ['one of each user', () => splitOneOfUsers(table, 3), 60],
  ['given', () => splitGiven(table, [5, 3, 599]), 3],
];

test.each(splits)('%s: every row stands in one part, and the same call gives the same rows', (_, split, held) => {
  expect(problems(split())).toEqual([]);
  expect(split().test.length).toBe(held);
  expect(split()).toEqual(split());
});

test('a lost, a doubled and a moved row are seen', () => {
  const { train, test: held } = splitRandom(table, 0.1, 7);
  expect(problems({ train: train.slice(1), test: held })).toEqual(['count']);
  expect(problems({ train: train.map((row, at) => (at === 1 ? train[0] : row)), test: held })).toContain('doubled');
  expect(problems({ train: train.toReversed(), test: held })).toEqual(['order']);
});

test('another seed draws other rows', () => {
  expect(splitRandom(table, 0.1, 8).test).not.toEqual(splitRandom(table, 0.1, 7).test);
  expect(splitOneOfUsers(table, 4).test).not.toEqual(splitOneOfUsers(table, 3).test);
});

test('by time: nothing in test is older than anything in train; without times it is refused', () => {
  const { train, test: held } = splitByTime(table, 0.1);
  const newest = Math.max(...Array.from(train, (row) => table.time[row]));
  expect(Array.from(held, (row) => table.time[row]).every((at) => at >= newest)).toBe(true);
  expect(() => splitByTime(timeless, 0.1)).toThrow('row 0 has no time');
});

test('last of each user: the newest by time, and the last of the table where times are unknown', () => {
  const newestOf = (user: number) => Math.max(...Array.from(table.time).filter((_, row) => table.user[row] === user));
  for (const row of splitLastOfUsers(table).test) expect(table.time[row]).toBe(newestOf(table.user[row]));
  expect([...splitLastOfUsers(timeless).test]).toEqual(Array.from({ length: 60 }, (_, user) => 540 + user));
});

test.each([[[-1]], [[600]], [[1.5]], [[3, 3]], [[]]])('test rows %j are refused', (rows) => {
  expect(() => splitGiven(table, rows)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

test('the kind of a split is read off its rows, and validation cuts the same way without touching the test rows', () => {
  const kinds = { random: 'random', 'by time': 'temporal', 'last of each user': 'last-of-users', 'one of each user': 'one-of-users' }; // prettier-ignore
  for (const [name, split] of splits.slice(0, 4)) {
    const cut = split();
    expect(kindOfSplit(table, cut)).toBe(kinds[name as keyof typeof kinds]);
    const { train, test: held } = splitForValidation(table, cut);
    expect(train.rating.length + held.rating.length).toBe(cut.train.length);
    expect(held.rating.length).toBeGreaterThan(0);
  }
  expect(kindOfSplit(timeless, splitByTime(table, 0.1))).toBe('random');
});
