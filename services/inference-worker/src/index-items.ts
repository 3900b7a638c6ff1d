import type { CatalogueEntry } from '@reelay/shared/contracts';

/** Dictionary integers are given one after the other; where there are so many a movie of the catalogue, they were not. */
const integersAnItem = 16;

/**
 * Finds the item index of a dictionary integer; undefined for one that the catalogue does not hold. A place for each integer: fifty of them are looked up an
 * answer, and a map takes ten times as long and five times the memory.
 */
export function indexItems(catalogue: readonly CatalogueEntry[]): (itemId: number) => number | undefined {
  let [first, last] = [0, 0];
  for (const { itemId } of catalogue) {
    first = Math.min(first, itemId);
    last = Math.max(last, itemId);
  }
  if (first < 0 || last > integersAnItem * (catalogue.length + 1_000)) return indexFew(catalogue);
  const places = new Int32Array(last + 1);
  // 0: not there.
  for (const [index, { itemId }] of catalogue.entries()) places[itemId] = index + 1;
  return (itemId) => {
    const place = places[itemId];
    return place > 0 ? place - 1 : undefined;
  };
}

function indexFew(catalogue: readonly CatalogueEntry[]): (itemId: number) => number | undefined {
  const places = new Map(catalogue.map(({ itemId }, index) => [itemId, index]));
  return (itemId) => places.get(itemId);
}
