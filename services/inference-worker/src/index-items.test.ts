import { expect, test } from 'vitest';
import { indexItems } from './index-items.ts';

const catalogueOf = (itemIds: number[]) =>
  itemIds.map((itemId) => ({ itemId, id: `m${itemId}`, year: null, genres: [] }));

test.each([
  ['one after the other', [7, 5, 6, 0, 9]],
  ['far apart', [5, 4_000_000_000, 17, 0]],
  ['below 0', [5, -7, 0]],
])('every item of a catalogue is found by its integer, and no other: %s', (_, itemIds) => {
  const indexOf = indexItems(catalogueOf(itemIds));
  expect(itemIds.map(indexOf)).toEqual([...itemIds.keys()]);
  for (const other of [1, 8, 10, 1e9, -1, 5.5, Number.NaN]) expect(indexOf(other)).toBeUndefined();
});

test('an empty catalogue holds nothing', () => {
  expect(indexItems([])(0)).toBeUndefined();
});
