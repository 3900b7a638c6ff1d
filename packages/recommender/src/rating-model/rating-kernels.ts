import { compiledKernels } from './compiled-kernels.ts';

/**
 * The arithmetic of a sweep over one memory; every argument that ends in `At` is a place in it, in bytes. Compiled from `assembly/rating`, a module of
 * its own, so that what serves lists keeps its name; `plainRatingKernels` is the twin.
 */
export interface RatingKernels {
  /** A = Σ s²·z·zᵀ, b = Σ s²·e·z of every row, s the other side's trust; Σ s²·e² goes to `squaresAt`. */
  accumulate(
    startAt: number,
    otherAt: number,
    valueAt: number,
    rows: number,
    size: number,
    ownAt: number,
    othersAt: number,
    otherTrustAt: number,
    squaresAt: number,
    matricesAt: number,
    rightsAt: number,
    scratchAt: number,
  ): void;
  /** A and b of every row times the square of its own trust. */
  scaleRows(rows: number, size: number, trustAt: number, matricesAt: number, rightsAt: number): void;
  /** The own vector of every row from its conditional; 0 where a system is not positive definite. */
  drawRows(
    rows: number,
    size: number,
    matricesAt: number,
    rightsAt: number,
    ownAt: number,
    featuresAt: number,
    normalsAt: number,
    precisionAt: number,
    meanAt: number,
    alpha: number,
    workAt: number,
  ): number;
  /** Brings four numbers of every row's A and b together, from number `block` on. */
  loadBlock(rows: number, size: number, block: number, matricesAt: number, rightsAt: number, recordsAt: number): void;
  /** Four numbers of every feature's vector from their conditional; 0 where a system is not positive definite. */
  drawBlock(
    count: number,
    startAt: number,
    rowsAt: number,
    weightsAt: number,
    recordsAt: number,
    featuresAt: number,
    normalsAt: number,
    size: number,
    precisionAt: number,
    meanAt: number,
    alpha: number,
    workAt: number,
  ): number;
  /** Takes what changed in four numbers into the rows' vectors and the rest of b. */
  storeBlock(
    rows: number,
    size: number,
    block: number,
    matricesAt: number,
    rightsAt: number,
    recordsAt: number,
    ownAt: number,
  ): void;
  /** own += w·Σ y over the features of each row. */
  addFeatures(
    rows: number,
    size: number,
    startAt: number,
    entriesAt: number,
    weightsAt: number,
    featuresAt: number,
    ownAt: number,
  ): void;
  /** sums += the rating of each pair, cut to the scale. */
  addPredictions(
    count: number,
    usersAt: number,
    itemsAt: number,
    size: number,
    userVectorsAt: number,
    itemVectorsAt: number,
    mean: number,
    low: number,
    high: number,
    sumsAt: number,
  ): void;
}

let module: WebAssembly.Module | undefined;

/** Compiled kernels over a memory: the build that gives the same bits on every processor. */
export function openRatingKernels(memory: WebAssembly.Memory): RatingKernels {
  module ??= new WebAssembly.Module(Buffer.from(compiledKernels.simd.wasm, 'base64'));
  return ratingKernelsOf(module, memory);
}

export const ratingKernelsOf = (from: WebAssembly.Module, memory: WebAssembly.Memory): RatingKernels =>
  new WebAssembly.Instance(from, { env: { memory } }).exports as unknown as RatingKernels;
