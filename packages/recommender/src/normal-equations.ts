import { RecommenderError } from './recommender-error.ts';

/** HᵀH of the rows of `matrix` (row-major, `factors` wide), in float64; both triangles filled. */
export function gramianOf(matrix: Float32Array, factors: number): Float64Array {
  const gramian = new Float64Array(factors * factors);
  const row = new Float64Array(factors);
  for (let start = 0; start < matrix.length; start += factors) {
    for (let j = 0; j < factors; j += 1) row[j] = matrix[start + j]!;
    for (let i = 0; i < factors; i += 1) {
      const value = row[i]!;
      if (value === 0) continue;
      const at = i * factors;
      for (let j = 0; j <= i; j += 1) gramian[at + j]! += value * row[j]!;
    }
  }
  for (let i = 0; i < factors; i += 1) {
    for (let j = 0; j < i; j += 1) gramian[j * factors + i] = gramian[i * factors + j]!;
  }
  return gramian;
}

/**
 * One system (α₀·G + Σ c·h·hᵀ + ridge·I)·w = Σ c·h, filled and solved again and again in the same memory.
 * Use it as `begin`, `add` for each interaction, `solve`. Only the lower triangle is kept. Not re-entrant.
 */
export class NormalEquations {
  private readonly factors: number;
  private readonly matrix: Float64Array;
  private readonly right: Float64Array;
  private readonly row: Float64Array;

  constructor(factors: number) {
    this.factors = factors;
    this.matrix = new Float64Array(factors * factors);
    this.right = new Float64Array(factors);
    this.row = new Float64Array(factors);
  }

  begin(gramian: Float64Array, alpha0: number): void {
    const { matrix } = this;
    for (let at = 0; at < matrix.length; at += 1) matrix[at] = alpha0 * gramian[at]!;
    this.right.fill(0);
  }

  add(rows: Float32Array, index: number, confidence: number): void {
    const { factors, matrix, right, row } = this;
    const start = index * factors;
    for (let j = 0; j < factors; j += 1) row[j] = rows[start + j]!;
    for (let i = 0; i < factors; i += 1) {
      const weighted = confidence * row[i]!;
      right[i]! += weighted;
      addScaled(matrix, i * factors, row, weighted, i + 1);
    }
  }

  /** Writes w to `out` from `offset` on. Throws `NUMERIC_FAILURE` where the matrix is not positive definite. */
  solve(ridge: number, out: Float32Array | Float64Array, offset: number): void {
    for (let i = 0; i < this.factors; i += 1) this.matrix[i * this.factors + i]! += ridge;
    factorise(this.matrix, this.factors);
    substitute(this.matrix, this.right, this.factors);
    for (let i = 0; i < this.factors; i += 1) out[offset + i] = this.right[i]!;
  }
}

/** matrix[at + j] += scale·row[j] for j < count, four at a time: the hot loop of training. */
function addScaled(matrix: Float64Array, at: number, row: Float64Array, scale: number, count: number): void {
  const whole = count & ~3;
  let j = 0;
  for (; j < whole; j += 4) {
    matrix[at + j]! += scale * row[j]!;
    matrix[at + j + 1]! += scale * row[j + 1]!;
    matrix[at + j + 2]! += scale * row[j + 2]!;
    matrix[at + j + 3]! += scale * row[j + 3]!;
  }
  for (; j < count; j += 1) matrix[at + j]! += scale * row[j]!;
}

/** Cholesky in place: the lower triangle of `matrix` becomes L of L·Lᵀ. */
function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const rowAt = i * size;
    for (let j = 0; j <= i; j += 1) {
      const columnAt = j * size;
      let sum = matrix[rowAt + j]!;
      for (let k = 0; k < j; k += 1) sum -= matrix[rowAt + k]! * matrix[columnAt + k]!;
      if (j < i) matrix[rowAt + j] = sum / matrix[columnAt + j]!;
      else if (sum > 0 && sum < Infinity) matrix[rowAt + i] = Math.sqrt(sum);
      else throw new RecommenderError('NUMERIC_FAILURE', `pivot ${i} of ${size} is ${sum}: not positive definite`);
    }
  }
}

/** Solves L·Lᵀ·x = right in place. */
function substitute(matrix: Float64Array, right: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    let sum = right[i]!;
    for (let k = 0; k < i; k += 1) sum -= matrix[i * size + k]! * right[k]!;
    right[i] = sum / matrix[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = right[i]!;
    for (let k = i + 1; k < size; k += 1) sum -= matrix[k * size + i]! * right[k]!;
    right[i] = sum / matrix[i * size + i]!;
  }
}
