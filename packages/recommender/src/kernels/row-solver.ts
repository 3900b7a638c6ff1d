import { ridgeOf, type Objective } from '../objective.ts';
import { RecommenderError } from '../recommender-error.ts';
import type { Kernels } from './kernels.ts';
import { modelBytesMax } from './memory-plan.ts';

/** Interactions of a row: `confidence[at]` with the fixed row `item[at]`, for `at` from `start` to before `end`. */
export interface RowInteractions {
  readonly item: Int32Array;
  readonly confidence: Float32Array;
  readonly start: number;
  readonly end: number;
}

/** Solves rows of one side against the other, which is fixed meanwhile. Not re-entrant. */
export interface RowSolver {
  /** Takes `rows × factors` numbers as the fixed side. */
  fix(matrix: Float32Array): void;
  /** w = (α₀·HᵀH + Σ c·h·hᵀ + ridge·I)⁻¹·Σ c·h, into `out` from `offset` on; zeros for a row without interactions. */
  solve(row: RowInteractions, out: Float32Array, offset: number): void;
}

const pageBytes = 65_536;
/** Rows whose products are summed in float32 before they are added in float64. */
const rowsAtOnce = 128;

/** A solver for at most `rowsMax` fixed rows, with a memory of its own. Throws `DATA_INVALID` where that is too large. */
export function createRowSolver(
  { rowsMax, factors, objective }: { rowsMax: number; factors: number; objective: Objective },
  kernelsOver: (memory: WebAssembly.Memory) => Kernels,
): RowSolver {
  const plan = planRows(rowsMax, factors);
  const memory = takeMemory(plan.bytes, `${rowsMax} rows of ${factors} factors`);
  const kernels = kernelsOver(memory);
  const { size, fixedAt, gramianAt, matrixAt, inverseAt, rightAt, solvedAt } = plan;
  const { picksAt, confidencesAt, rowsAt, weightedAt } = plan;
  const { buffer } = memory;
  const fixed = new Float32Array(buffer, fixedAt, rowsMax * size);
  const gramian = new Float64Array(buffer, gramianAt, size * size);
  const matrix = new Float64Array(buffer, matrixAt, size * size);
  const right = new Float64Array(buffer, rightAt, size);
  const solved = new Float64Array(buffer, solvedAt, size);
  const picks = new Int32Array(buffer, picksAt, rowsAtOnce);
  const confidences = new Float32Array(buffer, confidencesAt, rowsAtOnce);
  let rows = 0;

  /** Adds `count` picked rows to what stands at `from`. */
  const add = (from: number, count: number): void => {
    kernels.gatherRows(fixedAt, size, picksAt, confidencesAt, count, rowsAt, weightedAt, rightAt);
    kernels.accumulateRows(from, matrixAt, rowsAt, weightedAt, count, size);
  };
  const fix = (side: Float32Array): void => {
    rows = side.length / factors;
    if (size === factors) fixed.set(side);
    else
      for (let row = 0; row < rows; row += 1) fixed.set(side.subarray(row * factors, (row + 1) * factors), row * size);
    matrix.fill(0);
    confidences.fill(1);
    for (let first = 0; first < rows; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - first);
      for (let at = 0; at < count; at += 1) picks[at] = first + at;
      add(matrixAt, count);
    }
    for (let at = 0; at < gramian.length; at += 1) gramian[at] = objective.alpha0 * matrix[at];
  };
  const solve = ({ item, confidence, start, end }: RowInteractions, out: Float32Array, offset: number): void => {
    if (start === end) {
      out.fill(0, offset, offset + factors);
      return;
    }
    right.fill(0);
    for (let first = start; first < end; first += rowsAtOnce) {
      const last = Math.min(end, first + rowsAtOnce);
      picks.set(item.subarray(first, last));
      confidences.set(confidence.subarray(first, last));
      add(first === start ? gramianAt : matrixAt, last - first);
    }
    const ridge = ridgeOf(objective, end - start, rows);
    for (let at = 0; at < matrix.length; at += size + 1) matrix[at] += ridge;
    if (!kernels.factorise(matrixAt, inverseAt, size))
      throw new RecommenderError('NUMERIC_FAILURE', `the system of ${end - start} rows is not positive definite`);
    kernels.solve(matrixAt, inverseAt, rightAt, solvedAt, size);
    for (let j = 0; j < factors; j += 1) out[offset + j] = solved[j]!;
  };
  return { fix, solve };
}

function planRows(rowsMax: number, factors: number) {
  const size = 8 * Math.ceil(factors / 8);
  let end = 0;
  const take = (bytes: number): number => {
    const at = end;
    end += 64 * Math.ceil(bytes / 64);
    return at;
  };
  return {
    size,
    fixedAt: take(rowsMax * size * 4),
    gramianAt: take(size * size * 8),
    matrixAt: take(size * size * 8),
    inverseAt: take(size * 8),
    rightAt: take(size * 8),
    solvedAt: take(size * 8),
    picksAt: take(rowsAtOnce * 4),
    confidencesAt: take(rowsAtOnce * 4),
    rowsAt: take(rowsAtOnce * size * 4),
    weightedAt: take(rowsAtOnce * size * 4),
    bytes: end,
  };
}

function takeMemory(bytes: number, what: string): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  const size = `${what} take ${bytes} bytes to train on`;
  if (bytes > modelBytesMax) throw new RecommenderError('DATA_INVALID', `${size}; at most ${modelBytesMax} can be had`);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new RecommenderError('DATA_INVALID', `${size}, which this machine does not give`, { cause });
  }
}
