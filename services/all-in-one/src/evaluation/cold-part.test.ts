import { chooseCold, makeLists, topK, type RatingTable } from '@reelay/recommender';
import { expect, test } from 'vitest';
import type { DataDetails } from '../importing/read-data-details.ts';
import { coldPart } from './cold-part.ts';

/** 600 users of 300 occupations in two camps; each camp has items of its own, and all share ten. */
const users = 600;
const campOf = (user: number): number => (user % 300) % 2;
const rows = Array.from({ length: users * 6 }, (_, at) => {
  const user = Math.floor(at / 6);
  return { user, item: at % 6 === 0 ? (user * 3) % 10 : 10 + campOf(user) * 20 + ((user * 7 + at * 3) % 20) };
});
const table: RatingTable = {
  users,
  items: 50,
  user: Int32Array.from(rows, ({ user }) => user),
  item: Int32Array.from(rows, ({ item }) => item),
  rating: new Float64Array(rows.length).fill(4),
  time: Float64Array.from(rows.keys()),
};
const ids = Array.from({ length: users }, (_, user) => `u${user}`);
const detailsBy = (occupationOf: (user: number) => string | null): DataDetails => ({
  users: new Map(ids.map((id, user) => [id, { age: null, gender: campOf(user) === 0 ? 'F' : 'M', occupation: occupationOf(user) }])), // prettier-ignore
  items: new Map(),
});
const makerOf = (details: DataDetails) => ({ make: () => [], makeCold: coldPart(details, ids)! });
const known = detailsBy((user) => `job ${user % 300}`);

test('who has no row gets what people like them took, and it is chosen where it is better', () => {
  const { cold, trials } = chooseCold(table, makerOf(known));
  expect(cold).toBe('demographics');
  expect(trials.map(({ name, settings }) => [name, settings.by])).toEqual([['cold users', 'popularity'], ['cold users', 'demographics']]); // prettier-ignore
  expect(trials[1].value).toBeGreaterThan(1.2 * trials[0].value);
});

test('planted: details of other users are worth nothing, and popularity stays', () => {
  const shifted = new Map(ids.map((id, user) => [id, known.users.get(ids[(user * 7 + (user % 5)) % users])!]));
  const { cold, trials } = chooseCold(table, makerOf({ ...known, users: shifted }));
  expect(cold).toBe('popularity');
  expect(trials).toHaveLength(2);
});

test('a user without rows gets the lifted list, one whose details are not known the popular one', async () => {
  const details = { ...known, users: new Map([...known.users].filter(([id]) => id !== 'u0')) };
  const some = { ...table, user: table.user.map((user) => (user < 2 ? 2 : user)) };
  const maker = makerOf(details);
  const { scoresOf } = await makeLists(some, { lists: { popularity: 1 }, cold: 'demographics' }, maker);
  const plain = await makeLists(some, { lists: { popularity: 1 }, cold: 'popularity' }, maker);
  const listOf = (scores: Float32Array | Float64Array): number[] => topK(scores, 10).map(({ index }) => index);
  expect(listOf(scoresOf!(1)).every((item) => item >= 30)).toBe(true);
  expect(listOf(plain.scoresOf!(1)).some((item) => item >= 30)).toBe(false);
  expect(listOf(scoresOf!(0))).toEqual(listOf(plain.scoresOf!(0)));
});

test('where nothing is known of anybody there is no such part, and nothing is chosen', () => {
  expect(coldPart({ users: new Map(), items: new Map() }, ids)).toBeUndefined();
  expect(chooseCold(table, { make: () => [] })).toEqual({ cold: 'popularity', trials: [] });
});
