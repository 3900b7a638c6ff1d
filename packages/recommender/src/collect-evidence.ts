import { confidenceOf, type Evidence } from './confidence.ts';
import type { Objective } from './objective.ts';
import { createPlaceOrder } from './order-places.ts';
import { assertIndex, RecommenderError } from './recommender-error.ts';

/** Items and their confidences, ordered by item, each item once. */
export interface EvidenceRows {
  readonly count: number;
  readonly items: Uint32Array;
  readonly confidences: Float64Array;
}

/**
 * Turns histories into rows for the fold-in: the same item twice counts once, with its largest confidence; the order of a history changes
 * nothing. The rows are written to the same memory again and again. Throws `REQUEST_INVALID` for what this model cannot use.
 */
export function createEvidenceCollector(catalogueSize: number, objective: Objective) {
  const sortPlaces = createPlaceOrder(catalogueSize);
  let [given, order] = [new Uint32Array(128), new Uint32Array(128)];
  let rows = { items: new Uint32Array(128), confidences: new Float64Array(128) };

  return (history: readonly (Evidence & { readonly index: number })[]): EvidenceRows => {
    const { length } = history;
    if (length > order.length) {
      [given, order] = [new Uint32Array(length), new Uint32Array(length)];
      rows = { items: new Uint32Array(length), confidences: new Float64Array(length) };
    }
    for (let at = 0; at < length; at += 1) {
      const { index } = history[at];
      assertIndex(index, catalogueSize, 'item', 'REQUEST_INVALID');
      given[at] = index;
    }
    sortPlaces(given, length, order);
    const { items, confidences } = rows;
    let count = 0;
    for (let place = 0; place < length; place += 1) {
      const item = history[order[place]];
      const { index } = item;
      const confidence = confidenceFor(item, objective);
      if (confidence === 0) continue;
      if (count > 0 && items[count - 1] === index) {
        confidences[count - 1] = Math.max(confidences[count - 1], confidence);
        continue;
      }
      items[count] = index;
      confidences[count] = confidence;
      count += 1;
    }
    return { count, items, confidences };
  };
}

function confidenceFor(item: Evidence & { readonly index: number }, objective: Objective): number {
  try {
    return confidenceOf(item, objective);
  } catch (cause) {
    throw new RecommenderError('REQUEST_INVALID', `item ${item.index} of the history is not usable`, { cause });
  }
}
