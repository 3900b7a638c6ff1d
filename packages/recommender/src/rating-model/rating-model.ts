import { assertIndex, RecommenderError } from '../recommender-error.ts';
import type { ChainSample } from './chain-sample.ts';
import type { BiasModel } from './fit-bias-columns.ts';
import { assertNewUser, foldInSample, type NewUser, type UserGroups } from './fold-in-ratings.ts';
import { assertPairs, type RatingPairs } from './rating-data.ts';

/** Predicts ratings in points of the scale. */
export interface RatingModel {
  /** Throws `REQUEST_INVALID` for a place that the model does not have. */
  predict(user: number, item: number): number;
  /** As `predict`, pair by pair. */
  predictMany(users: Int32Array, items: Int32Array): Float32Array;
  /** Predictions of the pairs that were asked for in training: the mean over every kept sweep. */
  readonly asked: Float32Array;
  /** A user whom the model was not trained on, or one with newer ratings: the vectors of every sample, solved from the ratings given. */
  foldIn(user: NewUser): FoldedUser;
  /** Vectors of items and users for one dot product: `userVector(u)·itemVector(i)` is the rating before it is cut, the part of the biases with it. */
  readonly vectors: ServingVectors;
  /** From 0, the biases alone, to 1, the factors alone. */
  readonly factorShare: number;
  readonly biases: BiasModel;
  readonly samples: number;
}

export interface FoldedUser {
  predict(item: number): number;
  /** For one dot product with items of `vectors`. */
  readonly vector: Float32Array;
}

export interface ServingVectors {
  readonly size: number;
  userVector(user: number): Float32Array;
  itemVector(item: number): Float32Array;
}

export interface RatingModelParts {
  readonly users: number;
  readonly items: number;
  readonly scale: { readonly min: number; readonly max: number };
  readonly biases: BiasModel;
  readonly factorShare: number;
  readonly biasLambda: number;
  readonly samples: readonly ChainSample[];
  readonly groups: UserGroups;
  readonly asked: RatingPairs;
  /** Mean over the chains of what they predict for `asked`. */
  readonly askedByFactors: Float64Array;
}

/** A model over what training has found; `parts` are plain arrays, so that they can be sent and stored. */
export function openRatingModel(parts: RatingModelParts): RatingModel {
  const { users, items, biases, samples, factorShare } = parts;
  const cut = (value: number): number => Math.min(parts.scale.max, Math.max(parts.scale.min, value));
  const biasOf = (user: number, item: number): number => biases.mean + biases.userBias[user] + biases.itemBias[item];
  const mixed = (byFactors: number, byBiases: number): number =>
    cut(factorShare * byFactors + (1 - factorShare) * byBiases);
  const predict = (user: number, item: number): number => {
    assertIndex(user, users, 'user', 'REQUEST_INVALID');
    assertIndex(item, items, 'item', 'REQUEST_INVALID');
    let sum = 0;
    for (const sample of samples) sum += productOf(sample.userVectors, user * sample.numbers, sample, item);
    return mixed(biases.mean + sum / samples.length, biasOf(user, item));
  };
  return {
    predict,
    predictMany(user, item) {
      try {
        assertPairs(parts, { user, item });
      } catch (error) {
        throw new RecommenderError('REQUEST_INVALID', (error as Error).message, { cause: error });
      }
      return Float32Array.from(user, (value, at) => predict(value, item[at]));
    },
    asked: Float32Array.from(parts.askedByFactors, (value, at) =>
      mixed(value, cut(biasOf(parts.asked.user[at], parts.asked.item[at]))),
    ),
    foldIn: (user) => foldIn(parts, user, mixed),
    vectors: servingVectors(parts),
    factorShare,
    biases,
    samples: samples.length,
  };
}

/** a + c + P·Q of the vector that stands at `from` and an item. */
function productOf(
  vectors: ArrayLike<number>,
  from: number,
  { numbers, itemVectors }: ChainSample,
  item: number,
): number {
  const at = item * numbers;
  let sum = vectors[from] + itemVectors[at];
  for (let k = 1; k < numbers; k += 1) sum += vectors[from + k] * itemVectors[at + k];
  return sum;
}

function foldIn(
  parts: RatingModelParts,
  user: NewUser,
  mixed: (byFactors: number, byBiases: number) => number,
): FoldedUser {
  const { biases, samples, groups, items } = parts;
  assertNewUser(user, items, groups);
  const rest = user.ratings.reduce((sum, { item, rating }) => sum + rating - biases.mean - biases.itemBias[item], 0);
  const userBias = rest / (user.ratings.length + parts.biasLambda);
  const solved = samples.map((sample) => foldInSample(sample, user, groups, biases.mean));
  return {
    predict(item) {
      assertIndex(item, items, 'item', 'REQUEST_INVALID');
      const sum = samples.reduce((before, sample, at) => before + productOf(solved[at], 0, sample, item), 0);
      return mixed(biases.mean + sum / samples.length, biases.mean + userBias + biases.itemBias[item]);
    },
    vector: concatenate(parts, userBias, (at) => solved[at]),
  };
}

/**
 * One vector a user and an item whose product is the rating: [constant, 1, factors of every sample · share/samples] against [1, constant, factors of
 * every sample]. So a mean over samples is served as any factor model is.
 */
function servingVectors(parts: RatingModelParts): ServingVectors {
  const { biases, samples, factorShare } = parts;
  return {
    size: servingSize(parts),
    userVector(user) {
      assertIndex(user, parts.users, 'user', 'REQUEST_INVALID');
      return concatenate(parts, biases.userBias[user], (at) => {
        const { numbers, userVectors } = samples[at];
        return userVectors.subarray(user * numbers, (user + 1) * numbers);
      });
    },
    itemVector(item) {
      assertIndex(item, parts.items, 'item', 'REQUEST_INVALID');
      const vector = new Float32Array(servingSize(parts));
      let at = 2;
      let bias = 0;
      for (const { numbers, itemVectors } of samples) {
        bias += itemVectors[item * numbers] / samples.length;
        vector.set(itemVectors.subarray(item * numbers + 1, (item + 1) * numbers), at);
        at += numbers - 1;
      }
      vector[0] = 1;
      vector[1] = factorShare * bias + (1 - factorShare) * biases.itemBias[item];
      return vector;
    },
  };
}

const servingSize = ({ samples }: RatingModelParts): number =>
  2 + samples.reduce((sum, { numbers }) => sum + numbers - 1, 0);

function concatenate(
  parts: RatingModelParts,
  userBias: number,
  vectorOf: (sample: number) => ArrayLike<number>,
): Float32Array {
  const { samples, factorShare, biases } = parts;
  const vector = new Float32Array(servingSize(parts));
  let at = 2;
  let bias = 0;
  for (const [index, { numbers }] of samples.entries()) {
    const own = vectorOf(index);
    bias += own[0] / samples.length;
    for (let k = 1; k < numbers; k += 1) vector[at++] = (factorShare / samples.length) * own[k];
  }
  vector[0] = biases.mean + factorShare * bias + (1 - factorShare) * userBias;
  vector[1] = 1;
  return vector;
}
