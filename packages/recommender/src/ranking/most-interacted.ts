import { countOf } from '../rating-columns.ts';

/** The items that occur most often, at most so many, of equal ones the first; none that does not occur. */
export function mostInteracted(
  { items, item }: { readonly items: number; readonly item: Int32Array },
  itemsMax: number,
): Int32Array {
  const counts = countOf(item, items);
  return Int32Array.from(counts.keys())
    .filter((index) => counts[index] > 0)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, itemsMax);
}

/** The place of each item of the catalogue among these, −1 where it has none. */
export function placesAmong(itemAt: Int32Array, items: number): Int32Array {
  const placeOf = new Int32Array(items).fill(-1);
  itemAt.forEach((item, place) => (placeOf[item] = place));
  return placeOf;
}
