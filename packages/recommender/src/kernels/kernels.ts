import { compiledKernels } from './compiled-kernels.ts';

/**
 * The arithmetic that answers wait for, over one memory that a `MemoryPlan` describes; every argument that ends in `At` is a place in it, in bytes.
 * `simd` and `relaxed` are compiled from `assembly/`; `plainKernels` is their twin in TypeScript, bit by bit the same.
 */
export interface Kernels {
  /** Names what computed a list: the first eight hex digits of the module's SHA-256. */
  readonly id: string;
  /** Not 0 where a product and its sum are rounded once, in scores. */
  fuses(): number;
  /** Rows of the picked items as float64, plain and times their confidence; adds Σ c·h to `rightAt`. */
  gather(
    itemsAt: number,
    factors: number,
    size: number,
    picksAt: number,
    confidencesAt: number,
    count: number,
    rowsAt: number,
    weightedAt: number,
    rightAt: number,
  ): void;
  /** to = from + Σ weighted·rowᵀ, upper triangle. */
  accumulate(fromAt: number, toAt: number, rowsAt: number, weightedAt: number, count: number, size: number): void;
  /** As `gather`, for rows of float32 that stand one after the other; rows, weighted rows and their sum in float32, the last added in float64. */
  gatherRows(
    fromAt: number,
    size: number,
    picksAt: number,
    confidencesAt: number,
    count: number,
    rowsAt: number,
    weightedAt: number,
    rightAt: number,
  ): void;
  /** As `gatherRows`, for items of a model. */
  gatherFours(
    itemsAt: number,
    factors: number,
    size: number,
    picksAt: number,
    confidencesAt: number,
    count: number,
    rowsAt: number,
    weightedAt: number,
    rightAt: number,
  ): void;
  /** As `accumulate`, with the sums over `count` rows in float32; `size` is a multiple of 8. */
  accumulateRows(fromAt: number, toAt: number, rowsAt: number, weightedAt: number, count: number, size: number): void;
  /** A = UᵀU in place; 0 where A is not positive definite. */
  factorise(matrixAt: number, inverseAt: number, size: number): number;
  /** UᵀU·x = right; spoils `right`. */
  solve(matrixAt: number, inverseAt: number, rightAt: number, outAt: number, size: number): void;
  /** Makes a user's record ready to be scored; 0 where a score could be infinite or not a number. Spoils `productsAt`. */
  place(
    userAt: number,
    vectorAt: number,
    share: number,
    meansAt: number,
    largestAt: number,
    spreadAt: number,
    productsAt: number,
    factors: number,
    size: number,
    priorLargest: number,
  ): number;
  /**
   * sums += Σ c·B: rows of the picked items, from `starts` on (32 bits, one more than rows) of float16 and their targets (32 bits where `wide`, else 16).
   * Float32, in their order.
   */
  addWeights(
    startsAt: number,
    targetsAt: number,
    weightsAt: number,
    wide: number,
    picksAt: number,
    confidencesAt: number,
    count: number,
    sumsAt: number,
  ): void;
  /** The sum of `count` float32 (a multiple of 8) and that of their squares, as two float64. */
  describeSums(sumsAt: number, count: number, outAt: number): void;
  /** sums = scale·sums + prior, `count` of them (a multiple of 4); `priorAt` 0: without a prior. */
  addPrior(sumsAt: number, count: number, scale: number, priorAt: number): void;
  /**
   * The best of all items for each of `count` users, whose records stand one after the other, into their lists: best first, ties by ascending index.
   * `factors` may be 0 for vectors of zeros.
   */
  scoreMany(
    usersAt: number,
    count: number,
    recordBytes: number,
    screenAt: number,
    itemsAt: number,
    blocks: number,
    factors: number,
    scratchAt: number,
  ): void;
}

/**
 * `relaxed` rounds a product and its sum once where the processor can: a tenth faster, equal bits on processors of one kind, the last bits of a
 * score differ on others. `simd` gives the same bits everywhere.
 */
export type KernelBuild = keyof typeof compiledKernels;

export const defaultBuild: KernelBuild = 'relaxed';

const modules = new Map<string, WebAssembly.Module>();

/** Compiled kernels over a memory. */
export function openKernels(memory: WebAssembly.Memory, build: KernelBuild): Kernels {
  const { id, wasm } = compiledKernels[build];
  const module = modules.get(id) ?? new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  modules.set(id, module);
  const kernels = kernelsOf(module, memory, id);
  // Where nothing is fused both builds are one; so they have one name.
  return kernels.fuses() ? kernels : { ...kernels, id: compiledKernels.simd.id };
}

export function kernelsOf(module: WebAssembly.Module, memory: WebAssembly.Memory, id: string): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { ...(exports as unknown as Omit<Kernels, 'id'>), id };
}
