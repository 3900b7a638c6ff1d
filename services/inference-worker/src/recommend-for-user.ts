import {
  foldInMax,
  type ListRules,
  type ReceiptBody,
  type RecommendedItem,
  type UserHistory,
} from '@reelay/shared/contracts';
import type { HistoryItem } from '@reelay/recommender';
import { applyRules } from './apply-rules.ts';
import type { LoadedModel } from './load-model.ts';

export interface MadeList {
  items: RecommendedItem[];
  /** How it was made, for the receipt. */
  made: ReceiptBody;
}

/**
 * The list of one user. The newest `foldInMax` items are folded in; all kept ones are left out as seen. Items that the model does not know
 * (they came after its training) can neither be folded in nor recommended.
 */
export function recommendForUser(
  loaded: LoadedModel,
  history: UserHistory,
  count: number,
  kernelBuild = '',
  rules?: ListRules,
): MadeList {
  const known: HistoryItem[] = [];
  for (const { itemId, minutes, rating } of history.entries) {
    const index = loaded.indexOf(itemId);
    if (index !== undefined) known.push({ index, minutes, rating });
  }
  const used = known.slice(0, foldInMax);
  const { offset, ...filter } = applyRules(loaded.catalogue, rules);
  const scored = loaded.model
    .recommend({
      history: used,
      seen: known.map(({ index }) => index),
      group: loaded.groupOf(history.userId),
      count: offset + count,
      ...filter,
    })
    .slice(offset)
    .filter(({ index }) => loaded.catalogue[index] !== undefined);
  const source = known.length > 0 ? 'personal' : 'prior';
  const seen = known.slice(foldInMax).map(({ index }) => index);
  return {
    items: scored.map(({ index, score }) => ({ id: loaded.catalogue[index].id, score })),
    made: {
      list: { form: 'indices', items: scored.map(({ index, score }) => ({ index, score, source })) },
      seed: 0,
      propensity: 1,
      kernelBuild,
      history: used,
      seen: seen.toSorted((a, b) => a - b),
    },
  };
}
