import { assertCount, assertIndex, assertNotNegative, RecommenderError } from './recommender-error.ts';
import type { Dimensions } from './interactions.ts';

export interface RatingRow {
  readonly user: number;
  readonly item: number;
  /** Points of the stream's scale. */
  readonly rating: number;
}

/** A rating is mean + bias of the item + bias of the user, all in rating points. */
export interface RatingBiases {
  readonly mean: number;
  readonly itemBias: Float64Array;
  readonly userBias: Float64Array;
}

/** λ: as many ratings of pure average are added to everybody's; 5 to 25 is usual. */
export const defaultBiasLambda = 10;

const sweeps = 10;

/**
 * Biases by alternating shrunk means (Koren 2009): b_i = Σ(r − μ − b_u)/(n_i + λ), b_u = Σ(r − μ − b_i)/(n_u + λ), items first, users last.
 * Who or what has no rating has bias 0. Throws `DATA_INVALID` for no ratings, a bad id or a rating that is not finite.
 */
export function fitBiases(
  ratings: readonly RatingRow[],
  { users, items, lambda = defaultBiasLambda }: Dimensions & { readonly lambda?: number },
): RatingBiases {
  assertRatings(ratings, { users, items });
  assertNotNegative(lambda, 'lambda', 'DATA_INVALID');
  const mean = ratings.reduce((sum, { rating }) => sum + rating, 0) / ratings.length;
  const itemBias = new Float64Array(items);
  const userBias = new Float64Array(users);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    shrunkMeans(
      itemBias,
      ratings,
      (row) => row.item,
      (row) => row.rating - mean - userBias[row.user],
      lambda,
    );
    shrunkMeans(
      userBias,
      ratings,
      (row) => row.user,
      (row) => row.rating - mean - itemBias[row.item],
      lambda,
    );
  }
  return { mean, itemBias, userBias };
}

/** Expected rating in points; not cut to the scale, which the caller knows. Throws `DATA_INVALID` for an id out of bounds. */
export function predictRating(biases: RatingBiases, user: number, item: number): number {
  assertIndex(user, biases.userBias.length, 'user', 'DATA_INVALID');
  assertIndex(item, biases.itemBias.length, 'item', 'DATA_INVALID');
  return biases.mean + biases.itemBias[item] + biases.userBias[user];
}

/** What is served: the mean, then one bias an item. Users' biases come from their own ratings, see `userBiasOf`. */
export function packBiases({ mean, itemBias }: RatingBiases): Float64Array {
  const packed = new Float64Array(itemBias.length + 1);
  packed[0] = mean;
  packed.set(itemBias, 1);
  return packed;
}

/** Σ(r − μ − b_i)/(n + λ) over a user's own ratings; 0 without any. `packed` as from `packBiases`. */
export function userBiasOf(
  packed: Float64Array,
  ratings: readonly { readonly item: number; readonly rating: number }[],
  lambda: number = defaultBiasLambda,
): number {
  assertNotNegative(lambda, 'lambda', 'DATA_INVALID');
  let sum = 0;
  for (const { item, rating } of ratings) {
    assertIndex(item, packed.length - 1, 'item', 'DATA_INVALID');
    if (!Number.isFinite(rating))
      throw new RecommenderError('DATA_INVALID', `rating ${rating} of item ${item} is not finite`);
    sum += rating - packed[0] - packed[item + 1];
  }
  return ratings.length === 0 ? 0 : sum / (ratings.length + lambda);
}

/** Expected rating of a served user: μ + b_i + `userBias`. */
export function predictPacked(packed: Float64Array, item: number, userBias: number): number {
  assertIndex(item, packed.length - 1, 'item', 'DATA_INVALID');
  return packed[0] + packed[item + 1] + userBias;
}

function shrunkMeans(
  out: Float64Array,
  ratings: readonly RatingRow[],
  keyOf: (row: RatingRow) => number,
  restOf: (row: RatingRow) => number,
  lambda: number,
): void {
  const count = new Float64Array(out.length);
  out.fill(0);
  for (const row of ratings) {
    out[keyOf(row)] += restOf(row);
    count[keyOf(row)] += 1;
  }
  for (let key = 0; key < out.length; key += 1) if (count[key] > 0) out[key] /= count[key] + lambda;
}

function assertRatings(ratings: readonly RatingRow[], { users, items }: Dimensions): void {
  assertCount(users, 1, 'users', 'DATA_INVALID');
  assertCount(items, 1, 'items', 'DATA_INVALID');
  if (ratings.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no rating to learn from');
  for (const { user, item, rating } of ratings) {
    assertIndex(user, users, 'user', 'DATA_INVALID');
    assertIndex(item, items, 'item', 'DATA_INVALID');
    if (!Number.isFinite(rating)) throw new RecommenderError('DATA_INVALID', `rating ${rating} is not finite`);
  }
}
