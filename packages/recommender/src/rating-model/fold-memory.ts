import { createArena, takeChainMemory } from './chain-memory.ts';
import { openRatingKernels } from './rating-kernels.ts';
import type { ServedRatings } from './served-ratings.ts';

/** Ratings that the kernel gathers at a time. */
const gatheredAtOnce = 128;

/**
 * A memory with the vectors of all items and room for the ratings of one user: as many as there are items. Rows are filled up with zeros to a
 * multiple of four numbers, as the kernels want them.
 */
export function createFoldMemory({ items, numbers, itemVectors, ratedVectors, itemTrust }: ServedRatings) {
  const size = 4 * Math.ceil(numbers / 4);
  const arena = createArena();
  const [vectorsAt, ratedAt] = [arena.take(items * size, 4), arena.take(items * size, 4)];
  const [trustAt, startAt, weightAt] = [arena.take(items, 4), arena.take(2, 4), arena.take(1, 4)];
  const [ownAt, squaresAt, rightAt, productsAt] = [arena.take(size, 4), arena.take(1, 8), arena.take(size, 4), arena.take(size * size, 4)]; // prettier-ignore
  const scratchAt = arena.take(gatheredAtOnce * (size + 1), 4);
  const [itemsAt, valuesAt] = [arena.take(items, 4), arena.take(items, 4)];
  const memory = takeChainMemory(arena.bytes, Infinity, `the ratings of a user of ${items} items`);
  const kernels = openRatingKernels(memory);
  const floats = (at: number, count: number) => new Float32Array(memory.buffer, at, count);
  const vectors = floats(vectorsAt, items * size);
  spread(itemVectors, numbers, vectors, size);
  spread(ratedVectors, numbers, floats(ratedAt, items * size), size);
  floats(trustAt, items).set(itemTrust);
  const [start, weight, described] = [new Uint32Array(memory.buffer, startAt, 2), floats(weightAt, 1), floats(ownAt, size)]; // prettier-ignore
  return {
    itemVectors: vectors,
    stride: size,
    /** What was rated, and by how much above the mean of all. */
    ratedItems: new Uint32Array(memory.buffer, itemsAt, items),
    ratedValues: floats(valuesAt, items),
    /** What the rated items say of the user. */
    described,
    /** Σ τ·z·zᵀ, row by row. */
    products: floats(productsAt, size * size),
    /** Σ τ·e·z. */
    errors: floats(rightAt, size),
    /** Fills the last three from the first `count` that were rated. */
    sum(count: number): void {
      start[1] = count;
      described.fill(0);
      weight[0] = count === 0 ? 0 : 1 / Math.sqrt(count);
      kernels.addFeatures(1, size, startAt, itemsAt, weightAt, ratedAt, ownAt);
      kernels.accumulate(startAt, itemsAt, valuesAt, 1, size, ownAt, vectorsAt, trustAt, squaresAt, productsAt, rightAt, scratchAt); // prettier-ignore
    },
  };
}

/** Rows of `width` numbers to rows of `wide`. */
function spread(from: Float32Array, width: number, to: Float32Array, wide: number): void {
  if (width === wide) to.set(from);
  else
    for (let row = 0; row * width < from.length; row += 1)
      to.set(from.subarray(row * width, (row + 1) * width), row * wide);
}
