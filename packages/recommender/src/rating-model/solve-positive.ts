import { RecommenderError } from '../recommender-error.ts';

/** L·Lᵀ·x = right, from the lower triangle; spoils both. Throws `NUMERIC_FAILURE`. */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k += 1) sum -= matrix[i * size + k] * matrix[j * size + k];
      if (i > j) matrix[i * size + j] = sum / matrix[j * size + j];
      else if (sum > 0 && Number.isFinite(sum)) matrix[i * size + i] = Math.sqrt(sum);
      else throw new RecommenderError('NUMERIC_FAILURE', 'the system of a user is not positive definite');
    }
    for (let k = 0; k < i; k += 1) right[i] -= matrix[i * size + k] * right[k];
    right[i] /= matrix[i * size + i];
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) right[i] -= matrix[k * size + i] * right[k];
    right[i] /= matrix[i * size + i];
  }
  return right;
}
