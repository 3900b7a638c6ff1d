import { isBetter } from '../evaluation/is-better.ts';
import type { RatedItem, RatingEstimator } from './estimate-ratings.ts';
import { bestFactorShare } from './mix-with-biases.ts';

/** A user with ratings that were held back, and what was known before them. */
export interface RatedUser {
  readonly history: readonly RatedItem[];
  readonly items: readonly number[];
  /** Of `items`, in points. */
  readonly ratings: readonly number[];
}

/**
 * How far factors are to be trusted beside biases, 0 to 1, on ratings that neither has seen: the share with the least squared error, and 0 unless it
 * errs less than the biases by more than the standard error of that difference. `factorsAlone` has a share of 1.
 */
export function chooseFactorShare(factorsAlone: RatingEstimator, users: Iterable<RatedUser>): number {
  const byFactors: number[] = [];
  const byBiases: number[] = [];
  const actual: number[] = [];
  for (const { history, items, ratings } of users) {
    byFactors.push(...factorsAlone.estimate(history, items));
    byBiases.push(...factorsAlone.estimateByBiases(history, items));
    actual.push(...ratings);
  }
  const share = bestFactorShare(byFactors, byBiases, actual);
  const squares = (of: number): number[] =>
    actual.map((rating, at) => (rating - of * byFactors[at] - (1 - of) * byBiases[at]) ** 2);
  return isBetter(squares(0), squares(share)) ? share : 0;
}
