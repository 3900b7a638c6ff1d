import { gramianOf, NormalEquations } from './normal-equations.ts';
import { assertObjective, ridgeOf } from './objective.ts';
import type { Objective } from './objective.ts';
import { assertFinite, assertLength } from './model-arrays.ts';
import { assertCount, assertIndex, RecommenderError } from './recommender-error.ts';

export interface WeightedItem {
  /** Place of the item in the catalogue. */
  readonly index: number;
  /** > 0; what is 0 counts as not there. */
  readonly confidence: number;
}

export interface FoldIn {
  /**
   * The user's vector for this history, in any order; the same item twice counts once, with its largest confidence. An empty history gives zeros.
   * Throws `REQUEST_INVALID` for an item out of bounds or a confidence that is negative or not finite.
   */
  solve(history: readonly WeightedItem[]): Float32Array;
  /** The same into the caller's memory, not rounded to float32; returns how many items counted. */
  solveInto(history: readonly WeightedItem[], out: Float64Array): number;
}

/** Solves users' vectors against fixed item factors; HᵀH is computed once, here. Throws `MODEL_INVALID` for factors that do not fit. */
export function createFoldIn(itemFactors: Float32Array, factors: number, objective: Objective): FoldIn {
  const items = itemsOfFactors(itemFactors, factors, objective);
  const gramian = gramianOf(itemFactors, factors);
  const equations = new NormalEquations(factors);

  const solveInto = (history: readonly WeightedItem[], out: Float64Array): number => {
    const distinct = distinctItems(history, items);
    if (distinct.length === 0) {
      out.fill(0);
      return 0;
    }
    equations.begin(gramian, objective.alpha0);
    for (const { index, confidence } of distinct) equations.add(itemFactors, index, confidence);
    equations.solve(ridgeOf(objective, distinct.length, items), out, 0);
    return distinct.length;
  };
  const exact = new Float64Array(factors);
  const solve = (history: readonly WeightedItem[]): Float32Array => {
    solveInto(history, exact);
    return Float32Array.from(exact);
  };
  return { solve, solveInto };
}

/** How many items these factors are of; throws `MODEL_INVALID` where they do not fit. */
export function itemsOfFactors(itemFactors: Float32Array, factors: number, objective: Objective): number {
  assertCount(factors, 1, 'factors', 'MODEL_INVALID');
  assertObjective(objective);
  const items = Math.floor(itemFactors.length / factors);
  assertLength(itemFactors, items * factors, 'item factors');
  assertFinite(itemFactors, 'item factors');
  return items;
}

/** Each item once, with its largest confidence. Ordered by item, so that the order of a history cannot change even the last bit. */
export function distinctItems(history: readonly WeightedItem[], items: number): WeightedItem[] {
  const largest = new Map<number, number>();
  for (const { index, confidence } of history) {
    assertIndex(index, items, 'item', 'REQUEST_INVALID');
    if (!Number.isFinite(confidence) || confidence < 0) {
      throw new RecommenderError(
        'REQUEST_INVALID',
        `confidence ${confidence} of item ${index} is not a number of at least 0`,
      );
    }
    if (confidence > (largest.get(index) ?? 0)) largest.set(index, confidence);
  }
  return [...largest].map(([index, confidence]) => ({ index, confidence })).sort((a, b) => a.index - b.index);
}
