import { expect, test } from 'vitest';
import { createDice } from './testing/latent-tastes.ts';
import { topK } from './top-k.ts';

const sorted = (scores: Float64Array, k: number, excluded: Uint8Array) =>
  Array.from(scores, (score, index) => ({ index, score }))
    .filter(({ index }) => excluded[index] === 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, k);

test('the heap keeps what a full sort would, on 500 random cases with many ties', () => {
  const dice = createDice(2);
  for (let round = 0; round < 500; round += 1) {
    const size = dice.between(0, 60);
    const scores = Float64Array.from({ length: size }, () => dice.between(-5, 5) / 2);
    const excluded = Uint8Array.from({ length: size }, () => dice.between(0, 3) >> 1);
    const k = dice.between(0, 25);
    expect(topK(scores, k, excluded)).toEqual(sorted(scores, k, excluded));
  }
});

test('equal scores come in the order of their index', () => {
  expect(topK(new Float64Array(9), 3).map(({ index }) => index)).toEqual([0, 1, 2]);
});

test('scores of minus infinity are kept where nothing better is left', () => {
  expect(topK(Float64Array.of(-Infinity, 1, -Infinity), 2).map(({ index }) => index)).toEqual([1, 0]);
});

test('a score that is not a number and a bad k are refused', () => {
  expect(() => topK(Float64Array.of(1, NaN), 1)).toThrow(expect.objectContaining({ code: 'NUMERIC_FAILURE' }));
  for (const k of [-1, 1.5, NaN]) {
    expect(() => topK(Float64Array.of(1), k)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  }
});
