import { isMovieId, type RecommendedItem } from '@reelay/shared/contracts';

/** True for a list that may leave the gateway: at most `lengthMax` items, each once, each id in the grammar (so none can break the text line). */
export const isUsableList = (items: readonly RecommendedItem[], lengthMax: number, lengthMin = 1): boolean =>
  usableIds(items, lengthMax, lengthMin) !== null;

/** The ids of such a list; null for any other. */
export function usableIds(items: readonly RecommendedItem[], lengthMax: number, lengthMin = 1): string[] | null {
  if (items.length < lengthMin || items.length > lengthMax) return null;
  const ids: string[] = [];
  for (const { id, score } of items) {
    if (!isMovieId(id) || !Number.isFinite(score)) return null;
    ids.push(id);
  }
  return areDistinct(ids) ? ids : null;
}

/** Up to here comparing each with each costs less than hashing ids that were just read: unequal ones mostly differ in length or at their start. */
const comparedMax = 32;

function areDistinct(ids: readonly string[]): boolean {
  if (ids.length > comparedMax) return new Set(ids).size === ids.length;
  for (let at = 1; at < ids.length; at++) {
    const id = ids[at];
    for (let before = 0; before < at; before++) if (id === ids[before]) return false;
  }
  return true;
}
