import { foldInMax, type RecommendedItem, type UserHistory } from '@reelay/shared/contracts';
import type { HistoryItem } from '@reelay/recommender';
import type { LoadedModel } from './load-model.ts';

/**
 * The list of one user. The newest `foldInMax` items are folded in; all kept ones are left out as seen. Items that the model does not know
 * (they came after its training) can neither be folded in nor recommended.
 */
export function recommendForUser(loaded: LoadedModel, history: UserHistory, count: number): RecommendedItem[] {
  const known: HistoryItem[] = [];
  for (const { itemId, minutes, rating } of history.entries) {
    const index = loaded.indexOf(itemId);
    if (index !== undefined) known.push({ index, minutes, rating });
  }
  const scored = loaded.model.recommend({
    history: known.slice(0, foldInMax),
    seen: known.map(({ index }) => index),
    group: loaded.groupOf(history.userId),
    count,
  });
  return scored.flatMap(({ index, score }) => {
    const entry = loaded.catalogue[index];
    return entry ? [{ id: entry.id, score }] : [];
  });
}
