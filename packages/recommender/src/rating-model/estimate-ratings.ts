import { assertLength } from '../model-arrays.ts';
import { assertIndex, RecommenderError } from '../recommender-error.ts';
import { defaultBiasLambda, userBiasOf } from '../rating-biases.ts';
import { createUserFolder, type UserFolder } from './fold-user.ts';
import type { ServedRatings } from './served-ratings.ts';

/** An item of a history; rating 0: not rated. */
export interface RatedItem {
  readonly index: number;
  readonly rating: number;
}

/** Foretells ratings from a history alone. */
export interface RatingEstimator {
  /**
   * Expected ratings of the items at `indexes`, in points, cut to the scale and rounded to float32. Each item of the history stands there once.
   * Throws `REQUEST_INVALID` for an item or rating that cannot be.
   */
  estimate(history: readonly RatedItem[], indexes: ArrayLike<number>): number[];
  /** The same from the biases alone: the floor. */
  estimateByBiases(history: readonly RatedItem[], indexes: ArrayLike<number>): number[];
}

/** `biases` as from `packBiases`. Throws `MODEL_INVALID` for arrays of other lengths. */
export function createRatingEstimator(biases: Float64Array, ratings: ServedRatings): RatingEstimator {
  assertLength(biases, ratings.items + 1, 'biases');
  const { items, numbers, mean, factorShare, scale } = ratings;
  const share = numbers > 0 ? factorShare : 0;
  const folder = share > 0 ? createUserFolder(ratings) : undefined;
  const cut = (value: number): number => Math.min(scale.max, Math.max(scale.min, value));

  function estimateWith(share: number, own: Rated, indexes: ArrayLike<number>): number[] {
    const bias = (1 - share) * (biases[0] + userBiasOf(biases, own, defaultBiasLambda));
    const personal = share > 0 && folder ? personalPart(mean, folder, own) : undefined;
    // Not a typed array: for those of a list it would lie outside of the heap, which takes longer than to fill it.
    const estimates: number[] = [];
    for (let at = 0; at < indexes.length; at += 1) {
      const item = indexes[at];
      const byBiases = bias + (1 - share) * biases[item + 1];
      estimates.push(Math.fround(cut(personal ? byBiases + share * personal(item) : byBiases)));
    }
    return estimates;
  }

  // Most users have rated nothing, and all of those get the same.
  const unrated = Float32Array.from(
    estimateWith(
      share,
      [],
      Int32Array.from({ length: items }, (_, item) => item),
    ),
  );
  const takeUnrated = (indexes: ArrayLike<number>): number[] => {
    const estimates: number[] = [];
    for (let at = 0; at < indexes.length; at += 1) estimates.push(unrated[indexes[at]]);
    return estimates;
  };
  return {
    estimate(history, indexes) {
      assertItems(indexes, items);
      const own = ratedOf(history, items);
      return own.length === 0 ? takeUnrated(indexes) : estimateWith(share, own, indexes);
    },
    estimateByBiases(history, indexes) {
      assertItems(indexes, items);
      return estimateWith(0, ratedOf(history, items), indexes);
    },
  };
}

type Rated = readonly { readonly item: number; readonly rating: number }[];

function ratedOf(history: readonly RatedItem[], items: number): Rated {
  const own: { item: number; rating: number }[] = [];
  for (const { index: item, rating } of history) {
    if (rating === 0) continue;
    assertIndex(item, items, 'item', 'REQUEST_INVALID');
    if (!Number.isFinite(rating)) throw new RecommenderError('REQUEST_INVALID', `rating ${rating} is not finite`);
    own.push({ item, rating });
  }
  return own;
}

function assertItems(indexes: ArrayLike<number>, items: number): void {
  for (let at = 0; at < indexes.length; at += 1) assertIndex(indexes[at], items, 'item', 'REQUEST_INVALID');
}

/** μ + a + c + P·Q of this user and any item. */
function personalPart(mean: number, { itemVectors, stride, fold }: UserFolder, own: Rated): (item: number) => number {
  const vector = fold(own);
  const numbers = vector.length;
  return (item) => {
    const at = item * stride;
    let sum = mean + vector[0] + itemVectors[at];
    for (let k = 1; k < numbers; k += 1) sum += vector[k] * itemVectors[at + k];
    return sum;
  };
}
