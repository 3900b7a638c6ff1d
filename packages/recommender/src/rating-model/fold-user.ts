import { RecommenderError } from '../recommender-error.ts';
import { createFoldMemory } from './fold-memory.ts';
import { solvePositive } from './solve-positive.ts';
import type { ServedRatings } from './served-ratings.ts';

type Rated = readonly { readonly item: number; readonly rating: number }[];

/** Solves users; the vectors of the items stand beside the kernels, so the model's own arrays are not needed any more. */
export interface UserFolder {
  /** `[bias, factors…]` of every item, `stride` numbers from one to the next. */
  readonly itemVectors: Float32Array;
  readonly stride: number;
  /** What comes back is overwritten by the next user. Throws `REQUEST_INVALID` for more ratings than items. */
  fold(rated: Rated): Float64Array;
}

/**
 * As `foldInSample`, by the kernels of training: what the rated items say of a user, and the own vector
 * (Σ α·τ·z·zᵀ + diag(λ))⁻¹·(Σ α·τ·e·z + λ∘m). Sums are float32, the system is solved in float64.
 */
export function createUserFolder(ratings: ServedRatings): UserFolder {
  const { items, numbers, mean, alpha, ownPrior } = ratings;
  const { itemVectors, stride, ratedItems, ratedValues, described, products, errors, sum } = createFoldMemory(ratings);
  const vector = new Float64Array(numbers);
  const matrix = new Float64Array(numbers * numbers);
  const right = new Float64Array(numbers);
  const fold = (rated: Rated): Float64Array => {
    if (rated.length > items)
      throw new RecommenderError('REQUEST_INVALID', `${rated.length} ratings of ${items} items: one is rated twice`);
    for (let row = 0; row < rated.length; row += 1) {
      ratedItems[row] = rated[row].item;
      ratedValues[row] = rated[row].rating - mean;
    }
    sum(rated.length);
    for (let i = 0; i < numbers; i += 1) {
      for (let j = 0; j <= i; j += 1) matrix[i * numbers + j] = alpha * products[i * stride + j];
      matrix[i * (numbers + 1)] += ownPrior.precision[i];
      right[i] = alpha * errors[i] + ownPrior.mean[i] * ownPrior.precision[i];
    }
    solvePositive(matrix, right);
    for (let k = 0; k < numbers; k += 1) vector[k] = described[k] + right[k];
    return vector;
  };
  return { itemVectors, stride, fold };
}
