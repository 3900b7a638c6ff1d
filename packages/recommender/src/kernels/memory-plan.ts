/** Size of a model. */
export interface ModelShape {
  readonly items: number;
  readonly factors: number;
  readonly groups: number;
  /** How many item weights there are beside the factors: then users have priors of their own, see `createOwnPriors`. */
  readonly weights?: number;
}

/** Users whose scores are computed at once: what they need beside the model stays in the processor's cache. */
export const usersAtOnce = 64;
/** The same where each of them has a prior of their own: 1.7 MB at 27,000 items. */
export const blendedAtOnce = 16;
/** Longest list of a user in a batch; longer ones are made alone. */
export const batchListMax = 1_000;
/** Rows of a history that are gathered at once. */
export const rowsAtOnce = 128;

/** Targets of item weights take 16 bits while all items fit them. */
export const isWide = (items: number): boolean => items > 65_536;

/** Places in a user's record, in bytes; `assembly/user.ts` has the same table. */
export const userRecord = {
  bytes: 128,
  vectorAt: 0,
  priorAt: 4,
  excludedAt: 8,
  heapAt: 12,
  wantedAt: 16,
  keptAt: 20,
  thresholdAt: 24,
  priorWeightAt: 28,
  shiftAt: 32,
  largestAt: 36,
  codesAt: 40,
  boundsAt: 44,
  scaleAt: 48,
  boundWeightAt: 52,
  startAt: 56,
  equalAt: 60,
  boundShiftAt: 64,
  onesAt: 68,
} as const;

/** Users that are screened for at once; `assembly/score.ts` has the same number. */
export const screenedAtOnce = 16;

/** Places of what screening knows of a model, in bytes; `assembly/code-user.ts` has the same table. */
export const screenRecord = { bytes: 64, itemCodesAt: 0, itemScalesAt: 4, itemErrorAt: 8, itemNormAt: 16 } as const;

const itemsInBlock = 16;
const pageBytes = 65_536;

export type MemoryPlan = ReturnType<typeof planMemory>;

/**
 * Where everything of a model lies in its memory, in bytes. Items stand in fours, factor after factor, their codes in blocks of 16, an even number of blocks; matrices of
 * float64 have rows of `size`, the number of factors rounded up to eight.
 */
export function planMemory({ items, factors, groups, weights }: ModelShape) {
  const blends = weights !== undefined;
  const blocks = 2 * Math.ceil(items / (2 * itemsInBlock));
  const places = blocks * itemsInBlock;
  const size = 8 * Math.ceil(factors / 8);
  let end = 0;
  const take = (bytes: number): number => {
    const at = end;
    // 64 bytes are a line of the cache.
    end += 64 * Math.ceil(bytes / 64);
    return at;
  };
  const heapEntries = Math.max(places, usersAtOnce * Math.min(batchListMax, places));
  return {
    blocks,
    places,
    size,
    factors,
    isWide: isWide(items),
    itemsAt: take(places * factors * 4),
    itemCodesAt: take(places * size),
    itemScalesAt: take(places * 4),
    screenAt: take(screenRecord.bytes),
    priorsAt: take(groups * places * 4),
    gramianAt: take(size * size * 8),
    spreadAt: take(size * size * 8),
    meansAt: take(size * 8),
    largestAt: take(size * 8),
    picksAt: take(rowsAtOnce * 4),
    confidencesAt: take(rowsAtOnce * 8),
    rowsAt: take(rowsAtOnce * size * 8),
    weightedAt: take(rowsAtOnce * size * 8),
    matrixAt: take(size * size * 8),
    inverseAt: take(size * 8),
    rightAt: take(size * 8),
    solvedAt: take(size * 8),
    // What the kernels need for a moment, then the summary of one user's bounds and its groups: a number for 32 items each.
    scratchAt: take(192 + 2 * 16 * Math.ceil(places / 128)),
    usersAt: take(usersAtOnce * userRecord.bytes),
    vectorsAt: take(usersAtOnce * factors * 4),
    codesAt: take(usersAtOnce * size),
    boundsAt: take(screenedAtOnce * places),
    excludedAt: take((usersAtOnce * places) / 8),
    heapsAt: take(heapEntries * 8),
    ownPriorsAt: take(blends ? blendedAtOnce * places * 4 : 0),
    startsAt: take(blends ? (items + 1) * 4 : 0),
    targetsAt: take((weights ?? 0) * (isWide(items) ? 4 : 2)),
    weightsAt: take((weights ?? 0) * 2),
    usersAtOnce: blends ? blendedAtOnce : usersAtOnce,
    get bytes() {
      return end;
    },
    get pages() {
      return Math.ceil(end / pageBytes);
    },
  };
}

/** Bytes of WebAssembly memory that a model of this size takes; at most `modelBytesMax` can be loaded. */
export const modelMemoryBytes = (shape: ModelShape): number => planMemory(shape).pages * pageBytes;

/** A WebAssembly memory has at most 65,536 pages; the last one stays free, so that no address of it is out of 32 bits. */
export const modelBytesMax = 65_535 * pageBytes;
