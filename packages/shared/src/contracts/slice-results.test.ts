import { expect, test } from 'vitest';
import { decodeSliceResults, encodeSliceResults, type UserResult } from './slice-results.ts';

const results: UserResult[] = [
  { userId: 2 ** 31 - 1, outcome: 'model', modelVersion: '7-abcdef', items: [{ itemId: 27_000, score: 0.75 }] },
  { userId: 1, outcome: 'fallback', modelVersion: '8-abcdef', items: [] },
  {
    userId: 42,
    outcome: 'model',
    modelVersion: '7-abcdef',
    items: Array.from({ length: 1_000 }, (_, at) => ({ itemId: at + 1, score: Math.fround(-at / 3) })),
  },
  { userId: 43, outcome: 'failed', modelVersion: null, items: [] },
];

test('results come back as they were, in their order', () => {
  expect([...decodeSliceResults(encodeSliceResults(results))]).toEqual(results);
  expect([...decodeSliceResults(encodeSliceResults([]))]).toEqual([]);
});

test.each([
  ['cut', (bytes: Uint8Array) => bytes.slice(0, -1)],
  ['longer', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ['of another format', (bytes: Uint8Array) => Uint8Array.of(9, ...bytes.slice(1))],
])('bytes that are %s are told', (_, damage) => {
  expect(() => [...decodeSliceResults(damage(encodeSliceResults(results)))]).toThrow(RangeError);
});
