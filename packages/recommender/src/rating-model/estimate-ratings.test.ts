import { expect, test } from 'vitest';
import { fitBiases, packBiases } from '../rating-biases.ts';
import { drawRatingData } from '../testing/drawn-ratings.ts';
import { chooseFactorShare, type RatedUser } from './choose-share.ts';
import { createRatingEstimator } from './estimate-ratings.ts';
import { foldInSample } from './fold-in-ratings.ts';
import { inputOf, planTraining } from './plan-training.ts';
import type { RatingData } from './rating-data.ts';
import { defaultRatingSettings } from './rating-settings.ts';
import { chainSteps } from './run-chain.ts';
import { biasesOnly, packServedRatings, servedFrom, unpackServedRatings } from './served-ratings.ts';

type Drawn = ReturnType<typeof drawRatingData>;

/** The mean of a chain on drawn ratings, and the biases of the same. */
function train(data: Drawn, factors = 3) {
  const settings = {
    ...defaultRatingSettings,
    chains: [{ factors, sweeps: 40 }],
    validationShare: 0,
    keepMean: true,
  };
  const plan = planTraining(data, settings);
  const steps = chainSteps(inputOf(plan, 'all'), plan.tasks[0].job);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const mean = data.rating.reduce((sum, value) => sum + value, 0) / data.rating.length;
  const biases = packBiases(fitBiases(data));
  return { sample: step.value.mean!, mean, biases };
}

function usersOf(data: Drawn): RatedUser[] {
  const rowsOf = ({ user }: RatingData) => Map.groupBy(user.keys(), (row) => user[row]);
  const own = rowsOf(data);
  return Array.from(rowsOf(data.test), ([user, rows]) => {
    const newest = new Map((own.get(user) ?? []).map((row) => [data.item[row], data.rating[row]]));
    return {
      history: Array.from(newest, ([index, rating]) => ({ index, rating })),
      items: rows.map((row) => data.test.item[row]),
      ratings: rows.map((row) => data.test.rating[row]),
    };
  });
}

const drawn = drawRatingData({ users: 120, items: 60, ratings: 4_000, seed: 5 });
const { sample, mean, biases } = train(drawn);
const served = servedFrom(sample, { mean, scale: drawn.scale, factorShare: 0.7 });
const users = usersOf(drawn);
const items = Array.from({ length: 60 }, (_, item) => item);

type Trained = ReturnType<typeof train>;

/** In float64, from the sample. */
function byFormula({ sample, mean, biases }: Trained, history: RatedUser['history']): number[] {
  const ratings = history.map(({ index: item, rating }) => ({ item, rating }));
  const vector = foldInSample(sample, { ratings }, { implicit: true, sizes: [] }, mean);
  const rest = ratings.reduce((sum, { item, rating }) => sum + rating - biases[0] - biases[item + 1], 0);
  return items.map((item) => {
    const own = sample.itemVectors.subarray(item * sample.numbers, (item + 1) * sample.numbers);
    const factors = mean + own[0] + vector[0] + vector.slice(1).reduce((sum, value, k) => sum + value * own[k + 1], 0);
    const byBiases = biases[0] + biases[item + 1] + rest / (ratings.length + 10);
    return Math.min(5, Math.max(1, 0.7 * factors + 0.3 * byBiases));
  });
}

test.each([3, 2, 7])('an estimate is the fold-in of the mean, mixed with the biases and cut: %i factors', (factors) => {
  const trained = train(drawn, factors);
  const model = servedFrom(trained.sample, { mean: trained.mean, scale: drawn.scale, factorShare: 0.7 });
  const { estimate } = createRatingEstimator(trained.biases, model);
  const planted = { ...model, itemTrust: model.itemTrust.map((trust, item) => (item % 2 === 0 ? trust : 2 * trust)) };
  const wrong = createRatingEstimator(trained.biases, planted);
  for (const { history } of users.slice(0, 20)) {
    const expected = byFormula(trained, history);
    const far = (given: readonly number[]) =>
      Math.max(...expected.map((rating, item) => Math.abs(given[item] - rating)));
    expect(far(estimate(history, items))).toBeLessThan(5e-6);
    expect(far(wrong.estimate(history, items))).toBeGreaterThan(1e-3);
  }
});

test('somebody who has rated every item is solved; an item twice is told where it is too much', () => {
  const { estimate } = createRatingEstimator(biases, served);
  const all = items.map((index) => ({ index, rating: 1 + (index % 5) }));
  const expected = byFormula({ sample, mean, biases }, all);
  for (const [item, rating] of estimate(all, items).entries()) expect(rating).toBeCloseTo(expected[item], 5);
  const more = [...all, { index: 0, rating: 3 }];
  expect(() => estimate(more, [1])).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('what was watched and not rated changes nothing; the order of the asked items neither', () => {
  const estimator = createRatingEstimator(biases, served);
  const { history } = users[3];
  const watched = [
    ...history,
    { index: items.find((item) => !history.some(({ index }) => index === item))!, rating: 0 },
  ];
  expect(estimator.estimate(watched, items)).toEqual(estimator.estimate(history, items));
  expect(estimator.estimate(history, items.toReversed()).toReversed()).toEqual(estimator.estimate(history, items));
});

test('where tastes decide, factors are trusted; planted: those of other items are not', () => {
  const alone = { ...served, factorShare: 1 };
  expect(chooseFactorShare(createRatingEstimator(biases, alone), users)).toBeGreaterThan(0.9);
  const width = sample.numbers;
  const itemVectors = alone.itemVectors.map(
    (_, at) => alone.itemVectors[(59 - Math.floor(at / width)) * width + (at % width)],
  );
  expect(chooseFactorShare(createRatingEstimator(biases, { ...alone, itemVectors }), users)).toBeLessThan(0.2);
});

test('where tastes have turned, factors are not trusted, and on nobody neither', () => {
  const alone = createRatingEstimator(biases, { ...served, factorShare: 1 });
  const turned = drawRatingData({ users: 120, items: 60, ratings: 4_000, seed: 6 });
  expect(chooseFactorShare(alone, usersOf({ ...drawn, test: turned.test }))).toBe(0);
  expect(chooseFactorShare(alone, [])).toBe(0);
});

test('a model is the same after it was stored', () => {
  const stored = unpackServedRatings(packServedRatings(served), 60);
  expect(packServedRatings(stored)).toEqual(packServedRatings(served));
  const near = createRatingEstimator(biases, stored).estimate(users[0].history, items);
  for (const [at, rating] of createRatingEstimator(biases, served).estimate(users[0].history, items).entries())
    expect(near[at]).toBeCloseTo(rating, 4);
  const floor = biasesOnly(60, mean, drawn.scale);
  const [one] = [createRatingEstimator(biases, unpackServedRatings(packServedRatings(floor), 60))];
  expect(one.estimate(users[0].history, items)).toEqual(one.estimateByBiases(users[0].history, items));
});

const packed = packServedRatings(served);
test.each<[string, Float32Array, number]>([
  ['another form', packed.with(0, 2), 60],
  ['a number that is none', packed.with(200, Number.NaN), 60],
  ['an endless number', packed.with(20, Infinity), 60],
  ['half a number a vector', packed.with(1, 2.5), 60],
  ['a share above 1', packed.with(3, 1.5), 60],
  ['a scale the wrong way round', packed.with(5, 9), 60],
  ['a precision below 0', packed.with(7 + 4, -1), 60],
  ['a number too few', packed.subarray(1), 60],
  ['another catalogue', packed, 59],
  ['nothing', new Float32Array(0), 60],
])('%s is refused', (_what, values, count) => {
  expect(() => unpackServedRatings(values, count)).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
});

test.each([
  ['an item that is not there', [{ index: 60, rating: 3 }], [0]],
  ['a rating that is none', [{ index: 1, rating: Number.NaN }], [0]],
  ['a question about no item', [], [-1]],
])('%s is refused', (_what, history, indexes) => {
  const estimator = createRatingEstimator(biases, served);
  expect(() => estimator.estimate(history, indexes)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
