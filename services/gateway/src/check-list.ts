import { isMovieId, type RecommendedItem } from '@reelay/shared/contracts';

/** True for a list that may leave the gateway: at most `lengthMax` items, each once, each id in the grammar (so none can break the text line). */
export function isUsableList(items: readonly RecommendedItem[], lengthMax: number, lengthMin = 1): boolean {
  if (items.length < lengthMin || items.length > lengthMax) return false;
  const ids = new Set(items.map(({ id }) => id));
  return ids.size === items.length && items.every(({ id, score }) => isMovieId(id) && Number.isFinite(score));
}
