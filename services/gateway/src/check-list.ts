import { isMovieId, type RecommendedItem } from '@reelay/shared/contracts';

/** True for a list that may leave the gateway: at most `lengthMax` items, each once, each id in the grammar (so none can break the text line). */
export function isUsableList(items: readonly RecommendedItem[], lengthMax: number, lengthMin = 1): boolean {
  if (items.length < lengthMin || items.length > lengthMax) return false;
  for (const { id, score } of items) if (!isMovieId(id) || !Number.isFinite(score)) return false;
  return items.length <= comparedMax ? areDistinct(items) : new Set(items.map(({ id }) => id)).size === items.length;
}

/** Up to here comparing each with each costs less than hashing ids that were just read: unequal ones mostly differ in length or at their start. */
const comparedMax = 32;

function areDistinct(items: readonly RecommendedItem[]): boolean {
  for (let at = 1; at < items.length; at++)
    for (let before = 0; before < at; before++) if (items[at].id === items[before].id) return false;
  return true;
}
