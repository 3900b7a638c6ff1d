import { expect, test } from 'vitest';
import { fitBiases, predictRating } from '../rating-biases.ts';
import { RecommenderError } from '../recommender-error.ts';
import { drawRatingData } from '../testing/drawn-ratings.ts';
import type { RatingData } from './rating-data.ts';
import { defaultRatingSettings, type RatingSettings } from './rating-settings.ts';
import { trainRatings, trainRatingsAsync } from './train-ratings.ts';

const quick: RatingSettings = {
  ...defaultRatingSettings,
  chains: [
    { factors: 3, sweeps: 30 },
    { factors: 2, sweeps: 30 },
  ],
  samplesKept: 10,
};

const drawn = drawRatingData({ users: 120, items: 60, ratings: 4_000, seed: 5 });

const rmse = (predicted: ArrayLike<number>, { rating }: RatingData): number =>
  Math.sqrt(rating.reduce((sum, value, at) => sum + (value - predicted[at]) ** 2, 0) / rating.length);

/** Of the bias model, cut to the scale, on `test`. */
function biasRmse(data: RatingData, test: RatingData): number {
  const biases = fitBiases(data);
  return rmse(
    Array.from(test.user, (user, at) => Math.min(5, Math.max(1, predictRating(biases, user, test.item[at])))),
    test,
  );
}

const outcome = (change: Partial<RatingData>, settings: Partial<RatingSettings> = {}): string => {
  try {
    const one = { user: Int32Array.of(0), item: Int32Array.of(0) };
    const model = trainRatings({ ...drawn, ...change }, { ...quick, ...settings });
    return Number.isFinite(model.predictMany(one.user, one.item)[0]) ? 'a rating' : 'not a number';
  } catch (error) {
    return error instanceof RecommenderError ? `${error.code}: ${error.message}` : String(error);
  }
};

test('where tastes decide, ratings are predicted far better than by biases', () => {
  const model = trainRatings({ ...drawn, asked: drawn.test }, quick);
  const biases = biasRmse(drawn, drawn.test);
  expect(model.factorShare).toBe(1);
  expect(rmse(model.asked, drawn.test)).toBeLessThan(0.7 * biases);
  expect(rmse(model.predictMany(drawn.test.user, drawn.test.item), drawn.test)).toBeLessThan(0.75 * biases);
});

test('planted fault: ratings that belong to other items teach nothing', () => {
  const shuffled = { ...drawn, item: drawn.item.toReversed(), asked: drawn.test };
  expect(rmse(trainRatings(shuffled, quick).asked, drawn.test)).toBeGreaterThan(0.9 * biasRmse(drawn, drawn.test));
});

test('where there are few ratings and no tastes it is not worse than the biases', () => {
  const sparse = drawRatingData({ users: 2_000, items: 100, ratings: 3_000, seed: 8, taste: 0 });
  const model = trainRatings({ ...sparse, asked: sparse.test }, quick);
  expect(rmse(model.asked, sparse.test)).toBeLessThan(1.01 * biasRmse(sparse, sparse.test));
});

test('the same seed gives the same model, bit by bit, also when others run in between; another seed another one', async () => {
  const data = { ...drawn, asked: drawn.test };
  const { asked } = trainRatings(data, quick);
  expect((await trainRatingsAsync(data, quick)).asked).toEqual(asked);
  expect(trainRatings(data, { ...quick, seed: 2 }).asked).not.toEqual(asked);
});

test('the order of the rows changes no bit', () => {
  const { user, item, rating } = drawn;
  const rows = Array.from(user, (_, at) => at).filter(
    (at, place, all) => all.findIndex((other) => user[other] === user[at] && item[other] === item[at]) === place,
  );
  const pick = (order: number[]): RatingData => ({
    ...drawn,
    user: Int32Array.from(order, (at) => user[at]),
    item: Int32Array.from(order, (at) => item[at]),
    rating: Float32Array.from(order, (at) => rating[at]),
    asked: drawn.test,
  });
  const settings = { ...quick, validationShare: 0 };
  expect(trainRatings(pick(rows), settings).asked).toEqual(trainRatings(pick(rows.toReversed()), settings).asked);
});

test('of a pair that is rated twice the last rating counts, once', () => {
  const settings = { ...quick, validationShare: 0 };
  /** What is predicted when user 7 rates item 9 first, and then again, each where it is not null. */
  const predict = (first: number | null, last: number | null): Float32Array => {
    const extra = (value: number, rating: number | null): number[] => (rating === null ? [] : [value]);
    const around = (value: number, column: ArrayLike<number>): number[] => [
      ...extra(value, first),
      ...Array.from(column),
      ...extra(value, last),
    ];
    const user = Int32Array.from(around(7, drawn.user));
    const item = Int32Array.from(around(9, drawn.item));
    const rating = Float32Array.from([...extra(first ?? 0, first), ...drawn.rating, ...extra(last ?? 0, last)]);
    return trainRatings({ ...drawn, user, item, rating, asked: drawn.test }, settings).asked;
  };
  expect(predict(1, 5)).toEqual(predict(null, 5));
  expect(predict(5, 1)).not.toEqual(predict(null, 5));
});

test('a rating, a user and an item are enough', () => {
  const single = { users: 1, items: 1, user: Int32Array.of(0), item: Int32Array.of(0), rating: Float32Array.of(4) };
  expect(outcome({ ...single })).toBe('a rating');
  const model = trainRatings({ ...drawn, ...single }, quick);
  expect(model.predict(0, 0)).toBeGreaterThan(1);
  expect(outcome({ users: 1, user: drawn.user.map(() => 0) })).toBe('a rating');
  expect(outcome({ items: 1, item: drawn.item.map(() => 0) })).toBe('a rating');
});

test.each<[string, Partial<RatingData>, Partial<RatingSettings>, string]>([
  ['no ratings', { user: new Int32Array(0), item: new Int32Array(0), rating: new Float32Array(0) }, {}, 'no rating'],
  ['NaN', { rating: drawn.rating.map((value, at) => (at === 3 ? Number.NaN : value)) }, {}, 'rating NaN'],
  ['a rating off the scale', { rating: drawn.rating.map((value, at) => (at === 3 ? 6 : value)) }, {}, 'rating 6'],
  ['a user beyond the last', { user: drawn.user.map((value, at) => (at === 3 ? 120 : value)) }, {}, 'user 120'],
  ['an item before the first', { item: drawn.item.map((value, at) => (at === 3 ? -1 : value)) }, {}, 'item -1'],
  ['columns of two lengths', { rating: drawn.rating.subarray(1) }, {}, 'ratings'],
  ['no users', { users: 0 }, {}, 'users 0'],
  ['an empty scale', { scale: { min: 5, max: 5 } }, {}, 'scale'],
  ['no chain', {}, { chains: [] }, 'no chain'],
  ['half a factor', {}, { chains: [{ factors: 1.5, sweeps: 9 }] }, 'factors 1.5'],
  ['no sweep', {}, { chains: [{ factors: 2, sweeps: 0 }] }, 'sweeps 0'],
  ['all sweeps dropped', {}, { burnIn: 1 }, 'burnIn 1'],
  ['a seed that is no integer', {}, { seed: 0.5 }, 'seed 0.5'],
  ['too little memory', {}, { chainBytesMax: 10_000 }, 'take fewer factors'],
  ['a million users', { users: 1_000_000 }, { chains: [{ factors: 39, sweeps: 9 }] }, '1500 MB may be used'],
  ['a feature beyond the last', { userFeatures: [groupOf(120, 2, 2)] }, {}, 'feature of test 2'],
  ['features of other rows', { itemFeatures: [groupOf(59, 2, 0)] }, {}, 'not those of 60 rows'],
  ['a validation row that is none', { validationRows: Int32Array.of(4_000) }, {}, 'validation row 4000'],
])('%s: refused in a sentence', (_name, change, settings, sentence) => {
  const said = outcome(change, settings);
  expect(said).toContain('DATA_INVALID');
  expect(said).toContain(sentence);
});

/** A group in which every row has the same feature. */
function groupOf(rows: number, size: number, feature: number) {
  return {
    name: 'test',
    size,
    start: Int32Array.from({ length: rows + 1 }, (_, row) => row),
    feature: new Int32Array(rows).fill(feature),
  };
}
