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
export const largestAt: usize = 36;
export const codesAt: usize = 40;
export const boundsAt: usize = 44;
export const scaleAt: usize = 48;
export const boundWeightAt: usize = 52;
export const startAt: usize = 56;
export const equalAt: usize = 60;
export const boundShiftAt: usize = 64;
/** Ones of 16 bits. Written as a constant, V8 would fetch them again for every product. */
export const onesAt: usize = 68;
