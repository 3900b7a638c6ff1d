import { userRecord } from './memory-plan.ts';
import type { PackedModel } from './pack-model.ts';

/** Item factors above this do not stay in a processor's cache; measured: two streams win at 7 MB, one at 15 MB, twice as fast at 26 MB. */
const cachedBytesMax = 12 * 2 ** 20;

/**
 * Scores all items for one user whose record is ready. From the cache two blocks at once are quickest, from memory one stream of them is; the sums are the
 * same. `factors` may be 0 for a vector of zeros.
 */
export function scoreAlone({ kernels, plan }: PackedModel, userAt: number, factors: number): void {
  const { itemsAt, blocks, places, scratchAt } = plan;
  if (places * factors * Float32Array.BYTES_PER_ELEMENT <= cachedBytesMax)
    kernels.scoreOne(userAt, itemsAt, blocks, factors, scratchAt);
  else kernels.scoreMany(userAt, 1, userRecord.bytes, itemsAt, blocks, factors, scratchAt);
}
