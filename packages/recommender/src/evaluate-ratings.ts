import type { RatedUser } from './rating-model/choose-share.ts';
import type { RatingEstimator } from './rating-model/estimate-ratings.ts';

/** Errors in rating points; `null` where no rating was held out. */
export interface RatingResult {
  readonly heldOutRatings: number;
  readonly rmse: number | null;
  readonly biasOnlyRmse: number | null;
  readonly globalMeanRmse: number | null;
}

/** √(Σ(r̂ − r)²/n) of what is served, beside that of its biases alone and of always answering `mean`. Throws `REQUEST_INVALID`. */
export function evaluateRatings(estimator: RatingEstimator, mean: number, users: Iterable<RatedUser>): RatingResult {
  const squares = { served: 0, biases: 0, mean: 0 };
  let count = 0;
  for (const { history, items, ratings } of users) {
    const served = estimator.estimate(history, items);
    const byBiases = estimator.estimateByBiases(history, items);
    for (const [at, rating] of ratings.entries()) {
      squares.served += (served[at] - rating) ** 2;
      squares.biases += (byBiases[at] - rating) ** 2;
      squares.mean += (mean - rating) ** 2;
    }
    count += ratings.length;
  }
  const root = (sum: number): number | null => (count === 0 ? null : Math.sqrt(sum / count));
  return {
    heldOutRatings: count,
    rmse: root(squares.served),
    biasOnlyRmse: root(squares.biases),
    globalMeanRmse: root(squares.mean),
  };
}
