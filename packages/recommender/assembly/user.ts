/** Places of a user's record, in bytes; `packages/recommender/src/kernels/memory-plan.ts` has the same table. */
export const vectorAt: usize = 0;
export const priorAt: usize = 4;
export const excludedAt: usize = 8;
export const heapAt: usize = 12;
export const wantedAt: usize = 16;
export const keptAt: usize = 20;
export const thresholdAt: usize = 24;
export const priorWeightAt: usize = 28;
export const shiftAt: usize = 32;
