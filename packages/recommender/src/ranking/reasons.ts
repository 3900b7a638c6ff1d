import { ridgeOf, type Objective } from '../objective.ts';
import { assertCount, assertIndex } from '../recommender-error.ts';
import { gramianOf } from '../normal-equations.ts';
import { invertSmall } from './invert-small.ts';
import type { CountedItem, ItemWeights } from './item-weights.ts';

/** An item of the history and what it adds to the score of a recommended one; a model's contributions sum to that score. */
export interface Reason {
  readonly index: number;
  readonly contribution: number;
}

/** The `count` history items that add most; those that take away are no reasons. */
export const largestReasons = (reasons: readonly Reason[], count: number): Reason[] =>
  reasons
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution || a.index - b.index)
    .slice(0, count);

/** Of an item-item model: value_j·B_ji. */
export function itemReasons(
  weights: ItemWeights,
  history: readonly CountedItem[],
  item: number,
  count: number,
): Reason[] {
  assertIndex(item, weights.items, 'item', 'REQUEST_INVALID');
  assertCount(count, 0, 'count', 'REQUEST_INVALID');
  return largestReasons(
    history.map(({ index, value }) => ({ index, contribution: value * weightOf(weights, index, item) })),
    count,
  );
}

function weightOf({ items, start, target, weight }: ItemWeights, from: number, to: number): number {
  assertIndex(from, items, 'item', 'REQUEST_INVALID');
  const at = target.subarray(start[from], start[from + 1]).indexOf(to);
  return at === -1 ? 0 : weight[start[from] + at];
}

/**
 * Of implicit factors (Hu, Koren and Volinsky 2008, section 5): w = A⁻¹·Σ c·h with A = α₀·HᵀH + Σ c·h·hᵀ + ridge·I, so item j of the history adds
 * c_j·q_iᵀ·A⁻¹·q_j to the score of i. The answer explains several items of one list; each item of the history may stand once.
 */
export function createFactorReasons(itemFactors: Float32Array, factors: number, objective: Objective) {
  const gramian = gramianOf(itemFactors, factors);
  const items = itemFactors.length / factors;
  const rowOf = (item: number): Float32Array => itemFactors.subarray(item * factors, (item + 1) * factors);
  return (history: readonly CountedItem[], recommended: readonly number[], count: number): Reason[][] => {
    for (const index of [...history.map(({ index }) => index), ...recommended])
      assertIndex(index, items, 'item', 'REQUEST_INVALID');
    const inverse = inverseOf(gramian, history, rowOf, objective, items);
    // A⁻¹·q_j once an item of the history.
    const shares = history.map(({ index, value }) => ({ index, vector: multiply(inverse, rowOf(index), value) }));
    return recommended.map((item) =>
      largestReasons(
        shares.map(({ index, vector }) => ({ index, contribution: dot(vector, rowOf(item)) })),
        count,
      ),
    );
  };
}

function inverseOf(
  gramian: Float64Array,
  history: readonly CountedItem[],
  rowOf: (item: number) => Float32Array,
  objective: Objective,
  items: number,
): Float64Array {
  const system = gramian.map((value) => objective.alpha0 * value);
  const factors = Math.sqrt(gramian.length);
  for (const { index, value } of history) {
    const row = rowOf(index);
    for (let i = 0; i < factors; i += 1)
      for (let j = 0; j < factors; j += 1) system[i * factors + j] += value * row[i] * row[j];
  }
  const ridge = ridgeOf(objective, history.length, items);
  for (let i = 0; i < factors; i += 1) system[i * (factors + 1)] += ridge;
  // The ridge is positive, so the system always has an inverse; where numbers overflow nothing is explained.
  return invertSmall(system, factors) ?? new Float64Array(gramian.length);
}

const multiply = (matrix: Float64Array, vector: Float32Array, scale: number): Float64Array =>
  Float64Array.from(vector, (_, i) => scale * dot(matrix.subarray(i * vector.length, (i + 1) * vector.length), vector));

function dot(a: Float64Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < b.length; at += 1) sum += a[at] * b[at];
  return sum;
}
