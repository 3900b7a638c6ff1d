import { assertCount, assertIndex } from '../recommender-error.ts';
import { topK, type ScoredItem } from '../top-k.ts';
import type { ItemWeights } from './item-weights.ts';
import { halfValues, type PackedWeights } from './packed-weights.ts';

/**
 * Answers which `count` items' factors point the same way as an item's (cosine), best first; without the item itself and what points away or
 * nowhere. Rows are brought to length 1 once, so that a question costs a product a row; takes the memory of the factors once more.
 */
export function createFactorLikeness({
  itemFactors,
  factors,
}: {
  readonly itemFactors: Float32Array;
  readonly factors: number;
}): (item: number, count: number) => ScoredItem[] {
  const items = itemFactors.length / factors;
  const units = Float32Array.from(itemFactors);
  for (let at = 0; at < units.length; at += factors) toLengthOne(units, at, at + factors);
  return (item, count) => {
    assertIndex(item, items, 'item', 'REQUEST_INVALID');
    const scores = new Float64Array(items);
    const excluded = new Uint8Array(items);
    for (let other = 0; other < items; other += 1) {
      let product = 0;
      for (let j = 0; j < factors; j += 1) product += units[item * factors + j] * units[other * factors + j];
      scores[other] = product;
      excluded[other] = other === item || product <= 0 ? 1 : 0;
    }
    return topK(scores, count, excluded);
  };
}

/** What is all zeros stays so. */
function toLengthOne(rows: Float32Array, from: number, to: number): void {
  let squares = 0;
  for (let at = from; at < to; at += 1) squares += rows[at] * rows[at];
  if (squares === 0) return;
  const length = Math.sqrt(squares);
  for (let at = from; at < to; at += 1) rows[at] /= length;
}

/** The `count` items that the item's weights raise most, best first. */
export function similarByWeights(
  { items, start, target, weight }: ItemWeights,
  item: number,
  count: number,
): ScoredItem[] {
  assertIndex(item, items, 'item', 'REQUEST_INVALID');
  assertCount(count, 0, 'count', 'REQUEST_INVALID');
  return Array.from(target.subarray(start[item], start[item + 1]), (index, at) => ({
    index,
    score: weight[start[item] + at],
  }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, count);
}

/** The same of packed weights, as they are served. */
export function similarByPackedWeights(
  { items, start, target, weight }: PackedWeights,
  item: number,
  count: number,
): ScoredItem[] {
  assertIndex(item, items, 'item', 'REQUEST_INVALID');
  const [from, to] = [start[item], start[item + 1]];
  const row = {
    items: 1,
    start: Int32Array.of(0, to - from),
    target: Int32Array.from(target.subarray(from, to)),
    weight: Float32Array.from(weight.subarray(from, to), (bits) => halfValues()[bits]),
  };
  return similarByWeights(row, 0, count);
}

/** Cosine of two rows; 0 where one is all zeros. */
export function cosine(rows: Float32Array, width: number, one: number, other: number): number {
  let [product, left, right] = [0, 0, 0];
  for (let at = 0; at < width; at += 1) {
    const [a, b] = [rows[one * width + at], rows[other * width + at]];
    product += a * b;
    left += a * a;
    right += b * b;
  }
  return left === 0 || right === 0 ? 0 : product / Math.sqrt(left * right);
}
