import { solvePositive } from './solve-positive.ts';
import type { ServedRatings } from './served-ratings.ts';

type Rated = readonly { readonly item: number; readonly rating: number }[];

/**
 * As `foldInSample`, in memory that is taken once: what the rated items say of a user, and the own vector
 * (Σ α·τ·z·zᵀ + diag(λ))⁻¹·(Σ α·τ·e·z + λ∘m). What comes back is overwritten by the next user.
 */
export function createUserFolder(ratings: ServedRatings): (rated: Rated) => Float64Array {
  const { numbers, ownPrior } = ratings;
  const vector = new Float64Array(numbers);
  // Rows are written in fours.
  const matrix = new Float64Array(numbers * numbers + 3);
  const right = new Float64Array(numbers);
  let rows = new WeighedRows(numbers, 0);
  return (rated) => {
    describeByRated(vector, ratings, rated);
    if (rows.capacity < rated.length) rows = new WeighedRows(numbers, 2 * rated.length);
    rows.fill(ratings, vector, rated);
    for (let i = 0; i < numbers; i += 1) {
      rows.productsInto(matrix, i * numbers, i);
      matrix[i * (numbers + 1)] += ownPrior.precision[i];
      right[i] = rows.errorsAlong(i) + ownPrior.mean[i] * ownPrior.precision[i];
    }
    const own = solvePositive(matrix, right);
    for (let k = 0; k < numbers; k += 1) vector[k] += own[k];
    return vector;
  };
}

function describeByRated(vector: Float64Array, { numbers, ratedVectors }: ServedRatings, rated: Rated): void {
  vector.fill(0);
  const weight = 1 / Math.sqrt(rated.length);
  for (const { item } of rated)
    for (let k = 0; k < numbers; k += 1) vector[k] += weight * ratedVectors[item * numbers + k];
}

/** Rows √(α·τ)·[1, q] of rated items, column by column, so that sums of products stay in registers. */
class WeighedRows {
  readonly capacity: number;
  readonly #columns: Float64Array[];
  readonly #errors: Float64Array;
  #count = 0;

  constructor(numbers: number, capacity: number) {
    this.capacity = capacity;
    // Four more, which stand in for columns beyond the last.
    this.#columns = Array.from({ length: numbers + 4 }, () => new Float64Array(capacity));
    this.#errors = new Float64Array(capacity);
  }

  fill({ numbers, mean, alpha, itemVectors, itemTrust }: ServedRatings, vector: Float64Array, rated: Rated): void {
    const precision = Math.sqrt(alpha);
    this.#count = rated.length;
    for (let row = 0; row < rated.length; row += 1) {
      const { item, rating } = rated[row];
      const at = item * numbers;
      const weight = precision * itemTrust[item];
      let error = rating - mean - itemVectors[at] - vector[0];
      this.#columns[0][row] = weight;
      for (let k = 1; k < numbers; k += 1) {
        const value = itemVectors[at + k];
        error -= value * vector[k];
        this.#columns[k][row] = weight * value;
      }
      this.#errors[row] = weight * error;
    }
  }

  /** Products of column `i` with itself and all before it; up to three places behind are spoilt. */
  productsInto(matrix: Float64Array, from: number, i: number): void {
    const own = this.#columns[i];
    for (let j = 0; j <= i; j += 4) {
      const [a, b, c, d] = [this.#columns[j], this.#columns[j + 1], this.#columns[j + 2], this.#columns[j + 3]];
      let [toA, toB, toC, toD] = [0, 0, 0, 0];
      for (let row = 0; row < this.#count; row += 1) {
        const value = own[row];
        toA += value * a[row];
        toB += value * b[row];
        toC += value * c[row];
        toD += value * d[row];
      }
      matrix[from + j] = toA;
      matrix[from + j + 1] = toB;
      matrix[from + j + 2] = toC;
      matrix[from + j + 3] = toD;
    }
  }

  errorsAlong(i: number): number {
    const own = this.#columns[i];
    let sum = 0;
    for (let row = 0; row < this.#count; row += 1) sum += own[row] * this.#errors[row];
    return sum;
  }
}
