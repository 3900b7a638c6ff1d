import { placeColdItems, type ColdItemSettings, type ItemAttributes } from '@reelay/recommender';
import type { CatalogueEntry } from '@reelay/shared/contracts';
import type { Snapshot } from '../snapshot/open-snapshot.ts';

/** Items with fewer interactions get a part of their factors from what they are; with none, all of them. */
export const newItems: ColdItemSettings = { ridge: 10, shrinkage: 5, interactionsMax: 5 };

/** Names of genres that count as attributes: the most frequent. */
const genresMax = 40;

/** Factors in which items that few have watched stand where their genres and decade put them (`placeColdItems`). */
export function placeNewItems(itemFactors: Float32Array, snapshot: Snapshot, rowNumbers: Int32Array): Float32Array {
  const interactionsOf = new Int32Array(snapshot.catalogue.length);
  for (const row of rowNumbers) interactionsOf[snapshot.rows.item[row]] += 1;
  return placeColdItems(itemFactors, interactionsOf, attributesOf(snapshot.catalogue), newItems);
}

/** One that is always 1, the genres, the decades; 1 where it fits. */
function attributesOf(catalogue: readonly CatalogueEntry[]): ItemAttributes {
  const names = (entry: CatalogueEntry): string[] => [
    ...entry.genres.map((name) => name.toLowerCase()),
    ...(entry.year === null ? [] : [`decade ${Math.floor(entry.year / 10)}`]),
  ];
  const counts = new Map<string, number>();
  for (const entry of catalogue) for (const name of names(entry)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const kept = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, genresMax);
  const placeOf = new Map(kept.map(([name], place) => [name, place + 1]));
  const width = kept.length + 1;
  const values = new Float32Array(catalogue.length * width);
  for (const [item, entry] of catalogue.entries()) {
    values[item * width] = 1;
    for (const name of names(entry)) if (placeOf.has(name)) values[item * width + placeOf.get(name)!] = 1;
  }
  return { width, values };
}
