import type { ItemDetails } from './read-data-details.ts';

const idLengthMax = 160;

/**
 * Item ids in the form of the log (words joined by `+`, then `+` and the year, or `+` alone): from the title, else from the id of the data set.
 * Of several items of one name the later ones carry their own id too. The same data set gives the same ids.
 */
export function nameItems(itemIds: readonly string[], details: ReadonlyMap<string, ItemDetails>): string[] {
  const taken = new Set<string>();
  return itemIds.map((id, place) => {
    const known = details.get(id);
    const year = known?.year ?? '';
    const words = known ? wordsOf(known.title.replace(/\s*\(\d{4}\)\s*$/, '')) : wordsOf(id);
    const candidates = [words, `${words}+${wordsOf(id)}`, `item+${place + 1}`, `item+${place + 1}+${wordsOf(id)}`];
    const name = candidates.map((one) => `${one}+${year}`).find((one) => one.length > 1 && !one.startsWith('+') && !taken.has(one)); // prettier-ignore
    const own = name ?? `item+${place + 1}+of+${itemIds.length}+${year}`;
    taken.add(own);
    return own;
  });
}

const wordsOf = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9_.!-]+/g, '+')
    .replace(/^\++|\++$/g, '')
    .slice(0, idLengthMax);
