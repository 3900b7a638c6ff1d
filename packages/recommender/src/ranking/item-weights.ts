import { assertIndex, RecommenderError } from '../recommender-error.ts';

/** Weights between items, by the item of the history (CSR): from item i to `target[at]`, for `at` from `start[i]` to before `start[i + 1]`. */
export interface ItemWeights {
  readonly items: number;
  readonly start: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float32Array;
}

/** An item of the history and how much it counts, usually 1. */
export interface CountedItem {
  readonly index: number;
  readonly value: number;
}

/** Adds x·B to `scores` (one number an item of the catalogue). Throws `REQUEST_INVALID` for an item out of bounds or a value that is not finite. */
export function addItemScores(weights: ItemWeights, history: readonly CountedItem[], scores: Float32Array): void {
  const { items, start, target, weight } = weights;
  for (const { index, value } of history) {
    assertIndex(index, items, 'item', 'REQUEST_INVALID');
    if (!Number.isFinite(value))
      throw new RecommenderError('REQUEST_INVALID', `value ${value} of item ${index} is not finite`);
    for (let at = start[index], end = start[index + 1]; at < end; at += 1) scores[target[at]] += value * weight[at];
  }
}

interface KeptColumns {
  readonly items: number;
  readonly itemAt: Int32Array;
  readonly keptRow: Int32Array;
  readonly keptWeight: Float32Array;
}

/** From columns of places to rows of catalogue indexes; weights of 0 are not kept. */
export function collectWeights({ items, itemAt, keptRow, keptWeight }: KeptColumns): ItemWeights {
  const kept = keptRow.length / itemAt.length;
  const start = new Int32Array(items + 1);
  for (let at = 0; at < keptWeight.length; at += 1) if (keptWeight[at] !== 0) start[itemAt[keptRow[at]] + 1] += 1;
  for (let item = 0; item < items; item += 1) start[item + 1] += start[item];
  const next = start.slice();
  const target = new Int32Array(start[items]);
  const weight = new Float32Array(start[items]);
  for (let place = 0, at = 0; place < itemAt.length; place += 1) {
    for (const end = at + kept; at < end; at += 1) {
      if (keptWeight[at] === 0) continue;
      const to = next[itemAt[keptRow[at]]]++;
      target[to] = itemAt[place];
      weight[to] = keptWeight[at];
    }
  }
  return { items, start, target, weight };
}
