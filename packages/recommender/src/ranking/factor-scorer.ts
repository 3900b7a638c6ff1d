import { defaultBuild, openKernels } from '../kernels/kernels.ts';
import { createRowSolver } from '../kernels/row-solver.ts';
import { distinctItems, itemsOfFactors } from '../fold-in.ts';
import type { Objective } from '../objective.ts';
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
  const items = itemsOfFactors(itemFactors, factors, objective);
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

function rowOf(history: readonly CountedItem[], items: number) {
  const rows = distinctItems(
    history.map(({ index, value }) => ({ index, confidence: value })),
    items,
  );
  return {
    item: Int32Array.from(rows, ({ index }) => index),
    confidence: Float32Array.from(rows, ({ confidence }) => confidence),
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
