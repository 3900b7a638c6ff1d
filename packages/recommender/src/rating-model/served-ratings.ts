import { assertFinite, assertLength } from '../model-arrays.ts';
import { assertCount, RecommenderError } from '../recommender-error.ts';
import type { GroupPrior } from './priors.ts';
import type { ChainSample } from './chain-sample.ts';

/**
 * What ratings of any user are foretold from, the own ratings alone: one vector an item, `[bias, factors…]`, and the prior of users' vectors. Means over
 * the late samples of one chain. `numbers` 0: nothing beyond the biases.
 */
export interface ServedRatings {
  readonly items: number;
  readonly numbers: number;
  /** Of all ratings, in points. */
  readonly mean: number;
  /** 0: the biases alone; 1: the factors alone. */
  readonly factorShare: number;
  /** One over the variance of a rating around its prediction. */
  readonly alpha: number;
  /** Predictions are cut to it. */
  readonly scale: { readonly min: number; readonly max: number };
  readonly ownPrior: GroupPrior;
  readonly itemVectors: Float32Array;
  /** What having rated an item says of a user; all 0 without the implicit group. */
  readonly ratedVectors: Float32Array;
  /** √τ of every item: a rating of it has precision α·τ. */
  readonly itemTrust: Float32Array;
}

const format = 1;
const headLength = 7;

/** `[format, numbers, mean, share, α, min, max]`, the prior's means and precisions, then vectors, rated vectors and trust of all items. */
export function packServedRatings(ratings: ServedRatings): Float32Array {
  const { numbers, mean, factorShare, alpha, scale, ownPrior, itemVectors, ratedVectors, itemTrust } = ratings;
  const packed = new Float32Array(packedLength(numbers, ratings.items));
  const parts = [ownPrior.mean, ownPrior.precision, itemVectors, ratedVectors, itemTrust];
  packed.set([format, numbers, mean, factorShare, alpha, scale.min, scale.max]);
  let at = headLength;
  for (const part of parts) {
    packed.set(part, at);
    at += part.length;
  }
  return packed;
}

const packedLength = (numbers: number, items: number): number =>
  headLength + (numbers === 0 ? 0 : 2 * numbers + items * (2 * numbers + 1));

/** Looks at every number; the arrays of items are views. Throws `MODEL_INVALID` for what `packServedRatings` cannot have made. */
export function unpackServedRatings(packed: Float32Array, items: number): ServedRatings {
  if (packed[0] !== format) throw new RecommenderError('MODEL_INVALID', `ratings: form ${packed[0]} is not known`);
  assertFinite(packed, 'ratings');
  const [, numbers, mean, factorShare, alpha, min, max] = packed;
  assertCount(numbers, 0, 'numbers of the ratings', 'MODEL_INVALID');
  assertLength(packed, packedLength(numbers, items), 'ratings');
  const sound = factorShare >= 0 && factorShare <= 1 && min <= max && alpha >= 0;
  if (!sound) throw new RecommenderError('MODEL_INVALID', 'ratings: share, scale or noise is impossible');
  let at = headLength;
  const take = (length: number): Float32Array => packed.subarray(at, (at += length));
  const rows = numbers === 0 ? 0 : items;
  const ownPrior = { mean: Float64Array.from(take(numbers)), precision: Float64Array.from(take(numbers)) };
  if (ownPrior.precision.some((value) => value <= 0))
    throw new RecommenderError('MODEL_INVALID', 'ratings: a precision of the prior is not above 0');
  const [itemVectors, ratedVectors, itemTrust] = [take(rows * numbers), take(rows * numbers), take(rows)];
  const size = { items, numbers, mean, factorShare, alpha, scale: { min, max } };
  return { ...size, ownPrior, itemVectors, ratedVectors, itemTrust };
}

/** Biases alone, with the scale that they are cut to. */
export const biasesOnly = (items: number, mean: number, scale: ServedRatings['scale']): ServedRatings => ({
  items,
  numbers: 0,
  mean,
  factorShare: 0,
  alpha: 0,
  scale,
  ownPrior: { mean: new Float64Array(0), precision: new Float64Array(0) },
  itemVectors: new Float32Array(0),
  ratedVectors: new Float32Array(0),
  itemTrust: new Float32Array(0),
});

/** For a model that has biases and nothing else: its scale is not known, so nothing is cut. `biases` as from `packBiases`. */
export const unboundBiases = (biases: Float64Array): ServedRatings =>
  biasesOnly(biases.length - 1, biases[0], { min: -Infinity, max: Infinity });

/** From the mean of a chain whose only group of users, if any, is the implicit one. */
export function servedFrom(
  { numbers, alpha, ownPrior, itemVectors, itemTrust, userGroups }: ChainSample,
  { mean, scale, factorShare }: Pick<ServedRatings, 'mean' | 'scale' | 'factorShare'>,
): ServedRatings {
  const ratedVectors = userGroups[0] ?? new Float32Array(itemVectors.length);
  const size = { items: itemTrust.length, numbers, mean, factorShare, alpha, scale };
  return { ...size, ownPrior, itemVectors, ratedVectors, itemTrust };
}
