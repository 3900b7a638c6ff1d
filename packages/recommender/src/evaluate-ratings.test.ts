import { expect, test } from 'vitest';
import { evaluateRatings } from './evaluate-ratings.ts';
import { fitBiases, packBiases } from './rating-biases.ts';
import type { RatedUser } from './rating-model/choose-share.ts';
import { createRatingEstimator } from './rating-model/estimate-ratings.ts';
import { biasesOnly } from './rating-model/served-ratings.ts';
import { drawRatingData } from './testing/drawn-ratings.ts';

const drawn = drawRatingData({ users: 200, items: 50, ratings: 3_000, seed: 3, taste: 0 });
const rowsOf = ({ user, item, rating }: typeof drawn.test) =>
  Array.from(user, (own, at) => ({ user: own, item: item[at], rating: rating[at] }));
const [train, held] = [rowsOf(drawn), rowsOf(drawn.test)];
const packed = packBiases(fitBiases(drawn));
const history = Map.groupBy(train, ({ user }) => user);
const users: RatedUser[] = Array.from(Map.groupBy(held, ({ user }) => user), ([user, rows]) => ({
  history: (history.get(user) ?? []).map(({ item, rating }) => ({ index: item, rating })),
  items: rows.map(({ item }) => item),
  ratings: rows.map(({ rating }) => rating),
})); // prettier-ignore
const estimatorOf = (biases: Float64Array) => createRatingEstimator(biases, biasesOnly(50, biases[0], drawn.scale));

test('biases foretell held-out ratings better than the mean, and those of other items do not', () => {
  const sound = evaluateRatings(estimatorOf(packed), packed[0], users);
  expect(sound.heldOutRatings).toBe(held.length);
  expect(sound.rmse).toBe(sound.biasOnlyRmse);
  expect(sound.rmse!).toBeLessThan(0.85 * sound.globalMeanRmse!);
  const shuffled = Float64Array.of(packed[0], ...packed.subarray(1).toReversed());
  expect(evaluateRatings(estimatorOf(shuffled), packed[0], users).rmse!).toBeGreaterThan(1.2 * sound.rmse!);
});

test('the figures are those of the formula', () => {
  const estimator = estimatorOf(packed);
  const squares = users.flatMap(({ history: own, items, ratings }) =>
    items.map((item, at) => (estimator.estimate(own, [item])[0] - ratings[at]) ** 2),
  );
  const byFormula = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  expect(evaluateRatings(estimator, packed[0], users).rmse!).toBeCloseTo(byFormula, 10);
});

test('without held-out ratings there is no figure', () => {
  expect(evaluateRatings(estimatorOf(packed), 3, [])).toEqual({
    heldOutRatings: 0,
    rmse: null,
    biasOnlyRmse: null,
    globalMeanRmse: null,
  });
});
