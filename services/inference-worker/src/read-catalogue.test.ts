import { expect, test } from 'vitest';
import { readCatalogue } from './read-catalogue.ts';

const corrupt = expect.objectContaining({ code: 'ARTIFACT_CORRUPT' });

const entry = (index: number) => ({ itemId: 100 + index, id: `movie+${index}+2001`, year: 2001, genres: [] });
const read = (entries: unknown, items = 2) => readCatalogue(new TextEncoder().encode(JSON.stringify(entries)), items);

test('a catalogue keeps its order', async () => {
  expect((await read([entry(1), entry(0)])).map(({ itemId }) => itemId)).toEqual([101, 100]);
});

test('age ratings are kept, and entries without one, as earlier programs wrote them, have none', async () => {
  const [rated, plain] = await read([{ ...entry(0), minAge: 0 }, entry(1)]);
  expect([rated.minAge, 'minAge' in plain]).toEqual([0, false]);
});

test.each([
  ['with an age that is none', [{ ...entry(0), minAge: -1 }, entry(1)]],
  ['an item short', [entry(0)]],
  ['with an id twice', [entry(0), { ...entry(1), id: entry(0).id }]],
  ['with a dictionary integer twice', [entry(0), { ...entry(1), itemId: 100 }]],
  ['of another form', [entry(0), { title: 'x' }]],
  ['that is no list', { 0: entry(0) }],
])('a catalogue %s is corrupt', async (_what, entries) => {
  await expect(read(entries)).rejects.toThrow(corrupt);
});
