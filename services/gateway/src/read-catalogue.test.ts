import { expect, test } from 'vitest';
import { readCatalogueIds } from './read-catalogue.ts';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const movie = (place: number) => ({ itemId: place, id: `film+é+${place}`, year: null, genres: ['Drama'] });

test('ids come in the order of the catalogue, also when there are none', async () => {
  const catalogue = Array.from({ length: 27_000 }, (_, place) => movie(place));
  expect(await readCatalogueIds(bytesOf(catalogue))).toEqual(catalogue.map(({ id }) => id));
  expect(await readCatalogueIds(bytesOf([]))).toEqual([]);
});

test('what is no catalogue is said', async () => {
  const broken = [new TextEncoder().encode('[{'), bytesOf([{ itemId: 1 }])];
  for (const bytes of broken) await expect(readCatalogueIds(bytes)).rejects.toMatchObject({ code: 'DATA_INVALID' });
});

test('answers go on while it is read: this thread gets turns before the ids are there', async () => {
  const bytes = bytesOf(Array.from({ length: 100_000 }, (_, place) => movie(place)));
  const ids = new AbortController();
  let turns = 0;
  const reading = readCatalogueIds(bytes).finally(() => ids.abort());
  while (!ids.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    turns++;
  }
  expect(await reading).toHaveLength(100_000);
  // Parsed on this thread there is one turn, or two.
  expect(turns).toBeGreaterThan(20);
});
