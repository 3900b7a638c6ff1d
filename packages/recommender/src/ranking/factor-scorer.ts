import { defaultBuild, openKernels } from '../kernels/kernels.ts';
import { createRowSolver } from '../kernels/row-solver.ts';
import { assertFinite, assertLength } from '../model-arrays.ts';
import { assertObjective, type Objective } from '../objective.ts';
import { assertCount, assertIndex, RecommenderError } from '../recommender-error.ts';
import type { CountedItem } from './item-weights.ts';

/** What scores the catalogue for a history; `scores` has one number an item. */
export interface HistoryScorer {
  scoreInto(history: readonly CountedItem[], scores: Float32Array): void;
}

/**
 * Implicit factors as a scorer of any history: w is folded in as training solves it, on the same kernels, so a trained user's scores are those of the own
 * history. `value` is the confidence; the same item twice counts with the larger. Throws `MODEL_INVALID`, later `REQUEST_INVALID`.
 */
export function createFactorScorer(itemFactors: Float32Array, factors: number, objective: Objective): HistoryScorer {
  assertCount(factors, 1, 'factors', 'MODEL_INVALID');
  assertObjective(objective);
  const items = Math.floor(itemFactors.length / factors);
  assertLength(itemFactors, items * factors, 'item factors');
  assertFinite(itemFactors, 'item factors');
  const solver = createRowSolver({ rowsMax: items, factors, objective }, (memory) => openKernels(memory, defaultBuild));
  solver.fix(itemFactors);
  const vector = new Float32Array(factors);
  return {
    scoreInto(history, scores) {
      solver.solve(rowOf(history, items), vector, 0);
      multiply(itemFactors, vector, scores);
    },
  };
}

/** Each item once, by index, so that the order of a history changes no bit. */
function rowOf(history: readonly CountedItem[], items: number) {
  const largest = new Map<number, number>();
  for (const { index, value } of history) {
    assertIndex(index, items, 'item', 'REQUEST_INVALID');
    if (!Number.isFinite(value) || value < 0)
      throw new RecommenderError(
        'REQUEST_INVALID',
        `confidence ${value} of item ${index} is not a number of at least 0`,
      );
    if (value > (largest.get(index) ?? 0)) largest.set(index, value);
  }
  const rows = [...largest].sort((a, b) => a[0] - b[0]);
  return {
    item: Int32Array.from(rows, ([index]) => index),
    confidence: Float32Array.from(rows, ([, value]) => value),
    start: 0,
    end: rows.length,
  };
}

/** Four items at once: each number of the vector is read once for four, and no sum waits for another. */
function multiply(itemFactors: Float32Array, vector: Float32Array, scores: Float32Array): void {
  const factors = vector.length;
  for (let item = 0; item < scores.length; item += 4) {
    const first = item * factors;
    let [a, b, c, d] = [0, 0, 0, 0];
    // Beyond the last item these are undefined; their sums are not kept.
    for (let j = first, k = 0; k < factors; j += 1, k += 1) {
      const w = vector[k];
      a += itemFactors[j] * w;
      b += itemFactors[j + factors] * w;
      c += itemFactors[j + 2 * factors] * w;
      d += itemFactors[j + 3 * factors] * w;
    }
    scores[item] = a;
    if (item + 1 < scores.length) scores[item + 1] = b;
    if (item + 2 < scores.length) scores[item + 2] = c;
    if (item + 3 < scores.length) scores[item + 3] = d;
  }
}
