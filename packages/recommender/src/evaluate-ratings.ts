import { rmse } from './metrics.ts';
import { defaultBiasLambda, predictPacked, userBiasOf } from './rating-biases.ts';
import type { RatingRow } from './rating-biases.ts';

export interface RatingEvaluation {
  /** As served: the mean, then one bias an item. */
  readonly packed: Float64Array;
  /** Where users' own biases come from. */
  readonly train: readonly RatingRow[];
  readonly test: readonly RatingRow[];
  readonly lambda?: number;
}

/** Errors in rating points; `null` where no rating was held out. */
export interface RatingResult {
  readonly heldOutRatings: number;
  readonly rmse: number | null;
  readonly globalMeanRmse: number | null;
}

/** RMSE of the served rating model on held-out ratings, beside that of always answering the mean. Throws `DATA_INVALID`. */
export function evaluateRatings({ packed, train, test, lambda = defaultBiasLambda }: RatingEvaluation): RatingResult {
  if (test.length === 0) return { heldOutRatings: 0, rmse: null, globalMeanRmse: null };
  const own = Map.groupBy(train, ({ user }) => user);
  const biasOf = new Map([...own].map(([user, ratings]) => [user, userBiasOf(packed, ratings, lambda)]));
  const predicted = test.map(({ user, item }) => predictPacked(packed, item, biasOf.get(user) ?? 0));
  const actual = test.map(({ rating }) => rating);
  return {
    heldOutRatings: test.length,
    rmse: rmse(predicted, actual),
    globalMeanRmse: rmse(
      test.map(() => packed[0]),
      actual,
    ),
  };
}
