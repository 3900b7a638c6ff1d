import { assertLength } from '../model-arrays.ts';
import { assertIndex, RecommenderError } from '../recommender-error.ts';
import { defaultBiasLambda, userBiasOf } from '../rating-biases.ts';
import { solvePositive } from './solve-positive.ts';
import type { ServedRatings } from './served-ratings.ts';

/** An item of a history; rating 0: not rated. */
export interface RatedItem {
  readonly index: number;
  readonly rating: number;
}

/** Foretells ratings from a history alone. */
export interface RatingEstimator {
  /**
   * Expected ratings of the items at `indexes`, in points, cut to the scale. Each item of the history stands there once. Throws `REQUEST_INVALID`
   * for an item or rating that cannot be.
   */
  estimate(history: readonly RatedItem[], indexes: ArrayLike<number>): Float32Array;
  /** The same from the biases alone: the floor. */
  estimateByBiases(history: readonly RatedItem[], indexes: ArrayLike<number>): Float32Array;
}

/** `biases` as from `packBiases`. Throws `MODEL_INVALID` for arrays of other lengths. */
export function createRatingEstimator(biases: Float64Array, ratings: ServedRatings): RatingEstimator {
  assertLength(biases, ratings.items + 1, 'biases');
  const { items, numbers, factorShare, scale } = ratings;
  const fold = createUserFolder(ratings);
  const byFactors = numbers > 0 && factorShare > 0;
  const cut = (value: number): number => Math.min(scale.max, Math.max(scale.min, value));

  function estimateWith(share: number, history: readonly RatedItem[], indexes: ArrayLike<number>): Float32Array {
    const own = history.filter(({ rating }) => rating !== 0).map(({ index: item, rating }) => ({ item, rating }));
    for (const { item, rating } of own) assertRated(item, rating, items);
    const bias = biases[0] + userBiasOf(biases, own, defaultBiasLambda);
    const vector = share > 0 ? fold(own) : nobody;
    const estimates = new Float32Array(indexes.length);
    for (let at = 0; at < indexes.length; at += 1) {
      const item = indexes[at];
      assertIndex(item, items, 'item', 'REQUEST_INVALID');
      const byBiases = (1 - share) * (bias + biases[item + 1]);
      estimates[at] = cut(share > 0 ? byBiases + share * productOf(ratings, vector, item) : byBiases);
    }
    return estimates;
  }
  return {
    estimate: (history, indexes) => estimateWith(byFactors ? factorShare : 0, history, indexes),
    estimateByBiases: (history, indexes) => estimateWith(0, history, indexes),
  };
}

const nobody = new Float64Array(0);

function assertRated(item: number, rating: number, items: number): void {
  assertIndex(item, items, 'item', 'REQUEST_INVALID');
  if (!Number.isFinite(rating)) throw new RecommenderError('REQUEST_INVALID', `rating ${rating} is not finite`);
}

/** μ + a + c + P·Q. */
function productOf({ mean, numbers, itemVectors }: ServedRatings, vector: Float64Array, item: number): number {
  const at = item * numbers;
  let sum = mean + vector[0] + itemVectors[at];
  for (let k = 1; k < numbers; k += 1) sum += vector[k] * itemVectors[at + k];
  return sum;
}

type Rated = readonly { readonly item: number; readonly rating: number }[];

/**
 * As `foldInSample`, in memory that is taken once: what the rated items say of a user, and the own vector
 * (Σ α·τ·z·zᵀ + diag(λ))⁻¹·(Σ α·τ·e·z + λ∘m). What comes back is overwritten by the next user.
 */
function createUserFolder(ratings: ServedRatings): (rated: Rated) => Float64Array {
  const { numbers, mean, alpha, ownPrior, itemVectors, itemTrust } = ratings;
  const vector = new Float64Array(numbers);
  const matrix = new Float64Array(numbers * numbers);
  const right = new Float64Array(numbers);
  const z = new Float64Array(numbers);

  function addRating(item: number, rating: number): void {
    const at = item * numbers;
    const precision = alpha * itemTrust[item] ** 2;
    let error = rating - mean - itemVectors[at];
    for (let k = 0; k < numbers; k += 1) {
      z[k] = k === 0 ? 1 : itemVectors[at + k];
      error -= z[k] * vector[k];
    }
    for (let i = 0; i < numbers; i += 1) {
      const weighted = precision * z[i];
      right[i] += weighted * error;
      for (let j = 0; j <= i; j += 1) matrix[i * numbers + j] += weighted * z[j];
    }
  }

  return (rated) => {
    describeByRated(vector, ratings, rated);
    if (rated.length === 0) {
      vector.set(ownPrior.mean);
      return vector;
    }
    matrix.fill(0);
    for (let k = 0; k < numbers; k += 1) {
      matrix[k * (numbers + 1)] = ownPrior.precision[k];
      right[k] = ownPrior.mean[k] * ownPrior.precision[k];
    }
    for (const { item, rating } of rated) addRating(item, rating);
    const own = solvePositive(matrix, right);
    for (let k = 0; k < numbers; k += 1) vector[k] += own[k];
    return vector;
  };
}

function describeByRated(vector: Float64Array, { numbers, ratedVectors }: ServedRatings, rated: Rated): void {
  vector.fill(0);
  const weight = 1 / Math.sqrt(rated.length);
  for (const { item } of rated)
    for (let k = 0; k < numbers; k += 1) vector[k] += weight * ratedVectors[item * numbers + k];
}
