import { unpackServedRatings, type ServedRatings } from '@reelay/recommender';
import { readStored } from '../read-stored.ts';

/**
 * Stored ratings in the order of a newer catalogue of `items` items: that at `at` goes to `places[at]`. New items are average: vectors 0, trust 1.
 * Throws `ARTIFACT_CORRUPT`.
 */
export function moveRatings(stored: Float32Array, places: readonly number[], items: number): ServedRatings {
  const ratings = readStored('ratings', () => unpackServedRatings(stored, places.length));
  const { numbers } = ratings;
  if (numbers === 0) return { ...ratings, items };
  const moved = (values: Float32Array, width: number, missing: number): Float32Array => {
    const to = new Float32Array(items * width).fill(missing);
    for (const [at, place] of places.entries()) to.set(values.subarray(at * width, (at + 1) * width), place * width);
    return to;
  };
  return {
    ...ratings,
    items,
    itemVectors: moved(ratings.itemVectors, numbers, 0),
    ratedVectors: moved(ratings.ratedVectors, numbers, 0),
    itemTrust: moved(ratings.itemTrust, 1, 1),
  };
}
