import type { WeightsBlend } from './ranking/own-priors.ts';
import { assertCount, RecommenderError } from './recommender-error.ts';

type Numbers = Float32Array | Float64Array;

/** Throws `MODEL_INVALID` at the first number that is NaN or infinite, naming its place. */
export function assertFinite(values: Numbers, name: string): void {
  for (let at = 0; at < values.length; at += 1) {
    if (!Number.isFinite(values[at])) throw new RecommenderError('MODEL_INVALID', `${name}: ${values[at]} at ${at}`);
  }
}

/** Throws `MODEL_INVALID` unless there are exactly `expected` values. */
export function assertLength(values: Numbers | Uint8Array, expected: number, name: string): void {
  if (values.length !== expected) {
    throw new RecommenderError('MODEL_INVALID', `${name}: ${values.length} values instead of ${expected}`);
  }
}

/** Throws `MODEL_INVALID` if a user's byte names a group that the model does not have. */
export function assertGroups(groupOfUser: Uint8Array, groups: number): void {
  for (let at = 0; at < groupOfUser.length; at += 1) {
    if (groupOfUser[at] >= groups)
      throw new RecommenderError('MODEL_INVALID', `group ${groupOfUser[at]} of user ${at}: there are ${groups}`);
  }
}

/** The numbers of a model as they come from its files. */
export interface ModelArrays {
  readonly catalogueSize: number;
  readonly factors: number;
  readonly groups: number;
  /** `catalogueSize × factors`, row-major. */
  readonly itemFactors: Float32Array;
  /** `groups × catalogueSize`; row 0 is everybody. */
  readonly priors: Float32Array;
  /** Group of a user at the place of the user id. */
  readonly groupOfUser?: Uint8Array;
  /** Global mean, then one bias an item. */
  readonly biases?: Float64Array;
  /** Item weights and how much they count beside the factors; absent where factors count alone. */
  readonly blend?: WeightsBlend;
}

/** Every array has the size that the dimensions say, every user's group exists; else `MODEL_INVALID`. Looks at no factor and no prior. */
export function assertShape(model: ModelArrays): void {
  const { catalogueSize, factors, groups, itemFactors, priors, groupOfUser, biases, blend } = model;
  assertCount(catalogueSize, 1, 'catalogue size', 'MODEL_INVALID');
  assertCount(factors, 1, 'factors', 'MODEL_INVALID');
  assertCount(groups, 1, 'groups', 'MODEL_INVALID');
  assertLength(itemFactors, catalogueSize * factors, 'item factors');
  assertLength(priors, groups * catalogueSize, 'priors');
  if (groupOfUser) assertGroups(groupOfUser, groups);
  if (biases) assertLength(biases, catalogueSize + 1, 'biases');
  if (blend) assertBlend(blend, catalogueSize);
}

function assertBlend({ weights, share }: WeightsBlend, catalogueSize: number): void {
  if (weights.items !== catalogueSize)
    throw new RecommenderError('MODEL_INVALID', `item weights of ${weights.items} items instead of ${catalogueSize}`);
  if (!(share > 0 && share <= 1))
    throw new RecommenderError('MODEL_INVALID', `the share ${share} of item weights is not above 0 and at most 1`);
}

/** The check of a loaded model: its shape, and that every number is finite; else `MODEL_INVALID`. */
export function assertModelArrays(model: ModelArrays): void {
  assertShape(model);
  assertFinite(model.itemFactors, 'item factors');
  assertFinite(model.priors, 'priors');
  if (model.biases) assertFinite(model.biases, 'biases');
}
