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
 * errs less than the biases by more than the standard error of that difference over users. `factorsAlone` has a share of 1.
 */
export function chooseFactorShare(factorsAlone: RatingEstimator, users: Iterable<RatedUser>): number {
  const own: { byFactors: Float32Array; byBiases: Float32Array; ratings: readonly number[] }[] = [];
  for (const { history, items, ratings } of users)
    own.push({
      byFactors: factorsAlone.estimate(history, items),
      byBiases: factorsAlone.estimateByBiases(history, items),
      ratings,
    });
  const share = bestFactorShare(
    own.flatMap(({ byFactors }) => Array.from(byFactors)),
    own.flatMap(({ byBiases }) => Array.from(byBiases)),
    own.flatMap(({ ratings }) => ratings),
  );
  const gains = own.map(({ byFactors, byBiases, ratings }) =>
    ratings.reduce(
      (sum, rating, at) =>
        sum + (rating - byBiases[at]) ** 2 - (rating - share * byFactors[at] - (1 - share) * byBiases[at]) ** 2,
      0,
    ),
  );
  return isGain(gains) ? share : 0;
}

/** Whether the sum is above 0 by more than its standard error, users drawn anew. */
function isGain(gains: readonly number[]): boolean {
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  return gains.length > 1 && mean * gains.length > Math.sqrt(squares);
}
