import { splitForValidation, splitRandom, type RatingTable } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { defaultRatingChoices } from './rating-choices.ts';
import { tryRatings } from './rating-maker.ts';
import { searchWithin } from './search-within.ts';

/** Half of the items fit a user. */
const rows = Array.from({ length: 2_000 }, (_, row) => ({
  user: (row * 7) % 90,
  item: (row * 13 + Math.floor(row / 90)) % 40,
}));
const table: RatingTable = {
  users: 90,
  items: 40,
  user: Int32Array.from(rows, ({ user }) => user),
  item: Int32Array.from(rows, ({ item }) => item),
  rating: Float64Array.from(rows, ({ user, item }) => ((user + item) % 2 === 0 ? 5 : 2)),
  time: Float64Array.from(rows.keys()),
};
const split = splitRandom(table, 0.2, 3);
const features = { users: [], items: [] };
const request = { seed: 1, threads: 1, features, seconds: 0.5 };

test('settings of both models are tried, those of today first, and the best full trial is taken', async () => {
  const { ratings, lists } = await searchWithin(table, split, request);
  for (const { best, trials } of [ratings, lists]) {
    const full = trials.filter(({ effort }) => effort === 1);
    expect(full.map(({ settings }) => settings)).toContain(best);
    for (const { figure, seconds } of trials) expect([figure > 0, seconds > 0]).toEqual([true, true]);
  }
  expect(ratings.trials[0]).toMatchObject({ settings: defaultRatingChoices, effort: 1 });
  const least = Math.min(...ratings.trials.filter(({ effort }) => effort === 1).map(({ figure }) => figure));
  expect(ratings.trials.find(({ settings, effort }) => settings === ratings.best && effort === 1)?.figure).toBe(least);
}, 30_000); // prettier-ignore

test('no test row is looked at: with other ratings there, the trials are the same', async () => {
  const other = { ...table, rating: table.rating.slice() };
  for (const row of split.test) other.rating[row] = 7 - other.rating[row];
  const first = async (data: RatingTable) => {
    const { ratings, lists } = await searchWithin(data, split, { ...request, seconds: 1e-3 });
    return [ratings, lists].map(({ trials }) => trials[0].figure);
  };
  expect(await first(other)).toEqual(await first(table));
}, 30_000); // prettier-ignore

test('a trial says how well ratings are foretold; planted: without what users rated it errs more', async () => {
  const slice = splitForValidation(table, split, { seed: 1 });
  const rmseOf = (factors: number, choices = defaultRatingChoices) =>
    tryRatings(slice, { factors, sweeps: 60 }, { seed: 1, threads: 1, features, choices });
  const sound = await rmseOf(3);
  expect(sound).toBeLessThan(0.6);
  const train = { ...slice.train, rating: slice.train.rating.toReversed() };
  const spoilt = await tryRatings({ ...slice, train }, { factors: 3, sweeps: 60 }, { seed: 1, threads: 1, features, choices: defaultRatingChoices }); // prettier-ignore
  expect(spoilt).toBeGreaterThan(2 * sound);
}, 30_000); // prettier-ignore
