import type { Dimensions } from './interactions.ts';
import { assertCount, assertIndex, RecommenderError } from './recommender-error.ts';

/** Ratings as columns, one place a row; ids are places: `0 … users − 1`, `0 … items − 1`. */
export interface RatingColumns extends Dimensions {
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Points of the data's own scale. */
  readonly rating: Float32Array | Float64Array;
}

/** Throws `DATA_INVALID` for no rows, columns of different length, an id out of bounds, or a rating that is not finite. */
export function assertRatingColumns({ users, items, user, item, rating }: RatingColumns): void {
  assertCount(users, 1, 'users', 'DATA_INVALID');
  assertCount(items, 1, 'items', 'DATA_INVALID');
  if (rating.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no rating to learn from');
  if ([user, item].some(({ length }) => length !== rating.length))
    throw new RecommenderError('DATA_INVALID', 'the columns of the ratings have different lengths');
  for (let row = 0; row < rating.length; row += 1) {
    assertIndex(user[row], users, `user of row ${row}`, 'DATA_INVALID');
    assertIndex(item[row], items, `item of row ${row}`, 'DATA_INVALID');
    if (!Number.isFinite(rating[row]))
      throw new RecommenderError('DATA_INVALID', `rating ${rating[row]} of row ${row} is not finite`);
  }
}

/** Rows of each item or user. */
export function countOf(places: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (const place of places) counts[place] += 1;
  return counts;
}
