import { assertIndex, RecommenderError } from '../recommender-error.ts';
import type { ChainSample } from './chain-sample.ts';
import { solvePositive } from './solve-positive.ts';

/** What is known of somebody whom the model was not trained on. */
export interface NewUser {
  /** Each item once, in points of the scale. */
  readonly ratings: readonly { readonly item: number; readonly rating: number }[];
  /** Features in the order of the groups that the model was trained with; none: unknown. */
  readonly features?: readonly (readonly number[])[];
}

/** How a sample's groups are to be read. */
export interface UserGroups {
  readonly implicit: boolean;
  /** Sizes of the groups behind the implicit one. */
  readonly sizes: readonly number[];
}

/** Throws `REQUEST_INVALID` for an item or feature that the model does not have, or a rating that is not finite. */
export function assertNewUser({ ratings, features = [] }: NewUser, items: number, { sizes }: UserGroups): void {
  for (const { item, rating } of ratings) {
    assertIndex(item, items, 'item', 'REQUEST_INVALID');
    if (!Number.isFinite(rating)) throw new RecommenderError('REQUEST_INVALID', `rating ${rating} is not finite`);
  }
  if (new Set(ratings.map(({ item }) => item)).size < ratings.length)
    throw new RecommenderError('REQUEST_INVALID', 'an item is rated twice');
  if (features.length > sizes.length)
    throw new RecommenderError(
      'REQUEST_INVALID',
      `${features.length} groups of features, the model has ${sizes.length}`,
    );
  for (const [group, own] of features.entries())
    for (const feature of own) assertIndex(feature, sizes[group], 'feature', 'REQUEST_INVALID');
}

/**
 * The vector of a new user in one sample: what their features and the items they rated say, and the own vector solved from their ratings,
 * (Σ α·τ·z·zᵀ + diag(λ))⁻¹·(Σ α·τ·e·z + λ∘m). Without ratings the own vector is the mean of everybody's.
 */
export function foldInSample(sample: ChainSample, user: NewUser, groups: UserGroups, mean: number): Float64Array {
  const { numbers, alpha, ownPrior, itemVectors } = sample;
  const vector = describe(sample, user, groups);
  const matrix = Float64Array.from({ length: numbers * numbers }, (_, at) =>
    at % (numbers + 1) === 0 ? ownPrior.precision[at / (numbers + 1)] : 0,
  );
  const right = ownPrior.mean.map((value, k) => value * ownPrior.precision[k]);
  const z = new Float64Array(numbers);
  for (const { item, rating } of user.ratings) {
    const precision = alpha * sample.itemTrust[item] ** 2;
    let error = rating - mean - itemVectors[item * numbers];
    for (let k = 0; k < numbers; k += 1) {
      z[k] = k === 0 ? 1 : itemVectors[item * numbers + k];
      error -= z[k] * vector[k];
    }
    for (let i = 0; i < numbers; i += 1) {
      right[i] += precision * error * z[i];
      for (let j = 0; j <= i; j += 1) matrix[i * numbers + j] += precision * z[i] * z[j];
    }
  }
  const own = solvePositive(matrix, right);
  return vector.map((value, k) => value + own[k]);
}

function describe({ numbers, userGroups }: ChainSample, { ratings, features = [] }: NewUser, { implicit }: UserGroups) {
  const vector = new Float64Array(numbers);
  const add = (vectors: Float32Array, feature: number, weight: number): void => {
    for (let k = 0; k < numbers; k += 1) vector[k] += weight * vectors[feature * numbers + k];
  };
  if (implicit) for (const { item } of ratings) add(userGroups[0], item, 1 / Math.sqrt(ratings.length));
  const first = implicit ? 1 : 0;
  for (const [group, own] of features.entries())
    for (const feature of own) add(userGroups[group + first], feature, 1 / Math.sqrt(own.length));
  return vector;
}
