import type { Ledger } from '@reelay/shared/storage';

/** Ids of the movies that the fewest people watched. */
export async function leastWatched(ledger: Ledger, count: number): Promise<string[]> {
  const people = new Map<number, number>();
  await ledger.interactions((rows) => {
    for (const { itemId } of rows) people.set(itemId, (people.get(itemId) ?? 0) + 1);
  });
  const items = await ledger.items();
  const byPeople = items.toSorted((a, b) => (people.get(a.itemId) ?? 0) - (people.get(b.itemId) ?? 0));
  return byPeople.slice(0, count).map(({ movie }) => movie.id);
}
