import { assertFinite, assertLength } from '../model-arrays.ts';
import { assertNotNegative, RecommenderError } from '../recommender-error.ts';
import { invertSmall } from './invert-small.ts';

/** Attributes of items (genres, years, languages) as numbers: `items × width`, row-major; usually 0 and 1, with one that is always 1. */
export interface ItemAttributes {
  readonly width: number;
  readonly values: Float32Array;
}

export interface ColdItemSettings {
  /** λ of the regression. */
  readonly ridge: number;
  /** k: an item's own factors count n/(n + k), n being its interactions; the rest comes from its attributes. */
  readonly shrinkage: number;
  /** Items with so many interactions or more keep their own factors. */
  readonly interactionsMax: number;
}

/**
 * Factors of items that few have watched, from what they are (Gantner and others 2010): ridge regression of factors on attributes, items weighted by their
 * interactions, W = (FᵀNF + λI)⁻¹·FᵀNQ; q = n/(n + k)·q_own + k/(n + k)·f·W below `interactionsMax`, unchanged from there on. Throws `DATA_INVALID`.
 */
export function placeColdItems(
  itemFactors: Float32Array,
  interactionsOf: Int32Array,
  { width, values }: ItemAttributes,
  settings: ColdItemSettings,
): Float32Array {
  const items = interactionsOf.length;
  const factors = itemFactors.length / items;
  assertLength(values, items * width, 'item attributes');
  assertFinite(values, 'item attributes');
  assertNotNegative(settings.shrinkage, 'shrinkage', 'DATA_INVALID');
  if (!Number.isInteger(factors) || !(settings.ridge > 0))
    throw new RecommenderError(
      'DATA_INVALID',
      `${factors} factors an item or a ridge of ${settings.ridge} cannot be used`,
    );
  const weights = regress(itemFactors, interactionsOf, { width, values }, settings.ridge);
  const placed = itemFactors.slice();
  for (let item = 0; item < items; item += 1) {
    const n = interactionsOf[item];
    if (n >= settings.interactionsMax) continue;
    const own = n === 0 ? 0 : n / (n + settings.shrinkage);
    for (let j = 0; j < factors; j += 1) {
      let expected = 0;
      for (let a = 0; a < width; a += 1) expected += values[item * width + a] * weights[a * factors + j];
      placed[item * factors + j] = own * placed[item * factors + j] + (1 - own) * expected;
    }
  }
  return placed;
}

/** W, `width × factors`. */
function regress(
  itemFactors: Float32Array,
  interactionsOf: Int32Array,
  { width, values }: ItemAttributes,
  ridge: number,
): Float64Array {
  const factors = itemFactors.length / interactionsOf.length;
  const system = new Float64Array(width * width);
  const right = new Float64Array(width * factors);
  for (let item = 0; item < interactionsOf.length; item += 1) {
    for (let a = 0; a < width; a += 1) {
      const value = interactionsOf[item] * values[item * width + a];
      if (value === 0) continue;
      for (let b = 0; b < width; b += 1) system[a * width + b] += value * values[item * width + b];
      for (let j = 0; j < factors; j += 1) right[a * factors + j] += value * itemFactors[item * factors + j];
    }
  }
  for (let a = 0; a < width; a += 1) system[a * (width + 1)] += ridge;
  const inverse = invertSmall(system, width);
  if (inverse === undefined) throw new RecommenderError('NUMERIC_FAILURE', 'the attributes have no regression');
  const weights = new Float64Array(width * factors);
  for (let a = 0; a < width; a += 1)
    for (let b = 0; b < width; b += 1)
      for (let j = 0; j < factors; j += 1) weights[a * factors + j] += inverse[a * width + b] * right[b * factors + j];
  return weights;
}
