import { RecommenderError } from '../recommender-error.ts';

/** Errors in rating points. */
export interface RatingErrors {
  readonly rmse: number;
  readonly mae: number;
}

/** RMSE = √(Σ(r̂ − r)²/n), MAE = Σ|r̂ − r|/n. Throws `DATA_INVALID` for lists of different or no length, or a number that is not finite. */
export function ratingErrors(predicted: ArrayLike<number>, actual: ArrayLike<number>): RatingErrors {
  if (predicted.length !== actual.length || predicted.length === 0)
    throw new RecommenderError('DATA_INVALID', `${predicted.length} predictions for ${actual.length} ratings`);
  let squares = 0;
  let sum = 0;
  for (let at = 0; at < predicted.length; at += 1) {
    const error = predicted[at] - actual[at];
    squares += error * error;
    sum += Math.abs(error);
  }
  if (!Number.isFinite(squares)) throw new RecommenderError('DATA_INVALID', 'a prediction or a rating is not finite');
  return { rmse: Math.sqrt(squares / predicted.length), mae: sum / predicted.length };
}
