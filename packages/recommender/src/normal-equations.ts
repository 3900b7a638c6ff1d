import { RecommenderError } from './recommender-error.ts';

/** HᵀH of the rows of `matrix` (row-major, `factors` wide), in float64; both triangles filled. */
export function gramianOf(matrix: Float32Array, factors: number): Float64Array {
  const gramian = new Float64Array(factors * factors);
  const row = new Float64Array(factors);
  for (let start = 0; start < matrix.length; start += factors) {
    for (let j = 0; j < factors; j += 1) row[j] = matrix[start + j]!;
    for (let i = 0; i < factors; i += 1) {
      const value = row[i];
      if (value === 0) continue;
      const at = i * factors;
      for (let j = 0; j <= i; j += 1) gramian[at + j] += value * row[j];
    }
  }
  for (let i = 0; i < factors; i += 1) {
    for (let j = 0; j < i; j += 1) gramian[j * factors + i] = gramian[i * factors + j]!;
  }
  return gramian;
}

/** Rows that are added in one pass over the matrix: its memory traffic, not the arithmetic, is what training waits for. */
const passRows = 4;

/**
 * One system (α₀·G + Σ c·h·hᵀ + ridge·I)·w = Σ c·h, filled and solved again and again in the same memory.
 * Use it as `begin`, `add` for each interaction, `solve`. Only the lower triangle is kept. Not re-entrant.
 */
export class NormalEquations {
  private readonly factors: number;
  private readonly matrix: Float64Array;
  private readonly right: Float64Array;
  /** Rows that wait for their pass, one after the other. */
  private readonly rows: Float64Array;
  private readonly confidences = new Float64Array(passRows);
  private waiting = 0;

  constructor(factors: number) {
    this.factors = factors;
    this.matrix = new Float64Array(factors * factors);
    this.right = new Float64Array(factors);
    this.rows = new Float64Array(factors * passRows);
  }

  begin(gramian: Float64Array, alpha0: number): void {
    const { matrix } = this;
    for (let at = 0; at < matrix.length; at += 1) matrix[at] = alpha0 * gramian[at];
    this.right.fill(0);
    this.waiting = 0;
  }

  add(rows: Float32Array, index: number, confidence: number): void {
    const { factors } = this;
    const from = index * factors;
    const to = this.waiting * factors;
    for (let j = 0; j < factors; j += 1) this.rows[to + j] = rows[from + j]!;
    this.confidences[this.waiting] = confidence;
    this.waiting += 1;
    if (this.waiting === passRows) this.pass();
  }

  /** Writes w to `out` from `offset` on. Throws `NUMERIC_FAILURE` where the matrix is not positive definite. */
  solve(ridge: number, out: Float32Array | Float64Array, offset: number): void {
    if (this.waiting > 0) this.pass();
    for (let i = 0; i < this.factors; i += 1) this.matrix[i * this.factors + i] += ridge;
    factorise(this.matrix, this.factors);
    substitute(this.matrix, this.right, this.factors);
    for (let i = 0; i < this.factors; i += 1) out[offset + i] = this.right[i]!;
  }

  private pass(): void {
    // Both: what an earlier system left behind may not be finite, and then not even a product with zero removes it.
    this.confidences.fill(0, this.waiting);
    this.rows.fill(0, this.waiting * this.factors);
    addRows(this.matrix, this.right, this.rows, this.confidences);
    this.waiting = 0;
  }
}

/** matrix += Σ c·h·hᵀ (lower triangle) and right += Σ c·h for the four rows: the hot loop of training. */
function addRows(matrix: Float64Array, right: Float64Array, rows: Float64Array, confidences: Float64Array): void {
  const factors = right.length;
  const second = factors;
  const third = 2 * factors;
  const fourth = 3 * factors;
  for (let i = 0; i < factors; i += 1) {
    const a = confidences[0] * rows[i];
    const b = confidences[1] * rows[second + i];
    const c = confidences[2] * rows[third + i];
    const d = confidences[3] * rows[fourth + i];
    right[i] += a + b + (c + d);
    const at = i * factors;
    for (let j = 0; j <= i; j += 1) {
      matrix[at + j] += a * rows[j] + b * rows[second + j] + (c * rows[third + j] + d * rows[fourth + j]);
    }
  }
}

/** Cholesky in place: the lower triangle of `matrix` becomes L of L·Lᵀ. */
function factorise(matrix: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    const rowAt = i * size;
    for (let j = 0; j <= i; j += 1) {
      const columnAt = j * size;
      let sum = matrix[rowAt + j];
      for (let k = 0; k < j; k += 1) sum -= matrix[rowAt + k] * matrix[columnAt + k];
      if (j < i) matrix[rowAt + j] = sum / matrix[columnAt + j];
      else if (sum > 0 && sum < Infinity) matrix[rowAt + i] = Math.sqrt(sum);
      else throw new RecommenderError('NUMERIC_FAILURE', `pivot ${i} of ${size} is ${sum}: not positive definite`);
    }
  }
}

/** Solves L·Lᵀ·x = right in place. */
function substitute(matrix: Float64Array, right: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    let sum = right[i];
    for (let k = 0; k < i; k += 1) sum -= matrix[i * size + k] * right[k];
    right[i] = sum / matrix[i * size + i];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    let sum = right[i];
    for (let k = i + 1; k < size; k += 1) sum -= matrix[k * size + i] * right[k];
    right[i] = sum / matrix[i * size + i];
  }
}
