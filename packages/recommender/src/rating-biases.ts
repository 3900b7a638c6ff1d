import { assertRatingColumns, countOf, type RatingColumns } from './rating-columns.ts';
import { assertIndex, assertNotNegative, RecommenderError } from './recommender-error.ts';

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
export function fitBiases(columns: RatingColumns, lambda: number = defaultBiasLambda): RatingBiases {
  assertRatingColumns(columns);
  assertNotNegative(lambda, 'lambda', 'DATA_INVALID');
  const { users, items, user, item, rating } = columns;
  const mean = meanOf(rating);
  const itemBias = new Float64Array(items);
  const userBias = new Float64Array(users);
  const itemCounts = countOf(item, items);
  const userCounts = countOf(user, users);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    itemBias.fill(0);
    for (let row = 0; row < rating.length; row += 1) itemBias[item[row]] += rating[row] - mean - userBias[user[row]];
    shrink(itemBias, itemCounts, lambda);
    userBias.fill(0);
    for (let row = 0; row < rating.length; row += 1) userBias[user[row]] += rating[row] - mean - itemBias[item[row]];
    shrink(userBias, userCounts, lambda);
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

function meanOf(values: RatingColumns['rating']): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function shrink(sums: Float64Array, counts: Float64Array, lambda: number): void {
  for (let at = 0; at < sums.length; at += 1) if (counts[at] > 0) sums[at] /= counts[at] + lambda;
}
