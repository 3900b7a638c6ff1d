import { expect, test } from 'vitest';
import { itemSources } from './item-source.ts';
import { createSliceResultsWriter, decodeSliceResults, encodeSliceResults, type UserResult } from './slice-results.ts';

const results: UserResult[] = [
  {
    userId: 2 ** 31 - 1,
    outcome: 'model',
    modelVersion: '7-abcdef',
    items: [{ itemId: 27_000, score: 0.75, source: 'popular' }],
  },
  { userId: 1, outcome: 'fallback', modelVersion: '8-abcdef', items: [] },
  {
    userId: 42,
    outcome: 'model',
    modelVersion: '7-abcdef',
    items: Array.from({ length: 1_000 }, (_, at) => ({ itemId: at + 1, score: Math.fround(-at / 3) })),
  },
  { userId: 43, outcome: 'failed', modelVersion: null, items: [] },
];

/** Behind format, length, versions, number of users, head, id and score of the first item. */
const sourceAt = 5 + JSON.stringify(['7-abcdef', '8-abcdef', '']).length + 4 + 8 + 8;

test('results come back as they were, in their order', () => {
  expect([...decodeSliceResults(encodeSliceResults(results))]).toEqual(results);
  expect([...decodeSliceResults(encodeSliceResults([]))]).toEqual([]);
});

test('results that are added piece by piece are the same bytes', () => {
  const writer = createSliceResultsWriter();
  for (const piece of [results.slice(0, 1), [], results.slice(1, 3), results.slice(3)]) writer.add(piece);
  expect(writer.bytes()).toEqual(encodeSliceResults(results));
});

test('every item keeps what brought it up, and one that names nothing stays so', () => {
  const items = [...itemSources.map((source, at) => ({ itemId: at + 1, score: 1, source })), { itemId: 99, score: 0 }];
  const [back] = decodeSliceResults(encodeSliceResults([{ userId: 1, outcome: 'model', modelVersion: 'v', items }]));
  expect(back.items).toEqual(items);
});

test('results that an earlier program stored, without sources, are read', () => {
  const head = [...new TextEncoder().encode('["7-abcdef"]')];
  const stored = Uint8Array.of(1, head.length, 0, 0, 0, ...head, 1, 0, 0, 0, 42, 0, 0, 0, 0, 0, 1, 0, 7, 0, 0, 0, 0, 0, 64, 63); // prettier-ignore
  const expected = [{ userId: 42, outcome: 'model', modelVersion: '7-abcdef', items: [{ itemId: 7, score: 0.75 }] }];
  expect([...decodeSliceResults(stored)]).toEqual(expected);
  expect(() => [...decodeSliceResults(Uint8Array.of(2, ...stored.slice(1)))]).toThrow(RangeError);
});

test.each([
  ['cut', (bytes: Uint8Array) => bytes.slice(0, -1)],
  ['longer', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ['of an unknown source', (bytes: Uint8Array) => bytes.map((byte, at) => (at === sourceAt ? 77 : byte))],
  ['of another format', (bytes: Uint8Array) => Uint8Array.of(9, ...bytes.slice(1))],
])('bytes that are %s are told', (_, damage) => {
  expect(() => [...decodeSliceResults(damage(encodeSliceResults(results)))]).toThrow(RangeError);
});
