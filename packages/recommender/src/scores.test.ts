import { expect, test } from 'vitest';
import { scoreItems, standardise } from './scores.ts';
import { createDice } from './testing/latent-tastes.ts';

test('scores are the plain products, for every rest of items and factors by four', () => {
  const dice = createDice(12);
  for (let items = 0; items < 10; items += 1) {
    for (const factors of [1, 3, 4, 7, 8]) {
      const rows = Float32Array.from({ length: items * factors }, () => dice.gaussian());
      const vector = Float64Array.from({ length: factors }, () => dice.gaussian());
      const scores = new Float64Array(items);
      scoreItems(rows, vector, scores);
      const expected = Array.from(scores, (_, item) =>
        vector.reduce((sum, w, j) => sum + w * rows[item * factors + j], 0),
      );
      expect([...scores]).toEqual(expected);
    }
  }
});

test('standardised values have mean 0 and deviation 1 and keep their order', () => {
  const values = Float64Array.of(3, -1, 10, 4);
  standardise(values);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
  expect(values.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(4, 12);
  expect([1, 0, 3, 2].map((at) => values[at])).toEqual([...values].sort((a, b) => a - b));
});

test('values that do not differ become 0, whatever the rounding of their mean', () => {
  for (const value of [0, 0.1, 1 / 3, -1e9, 1e-30]) {
    const values = new Float64Array(7).fill(value);
    standardise(values);
    expect([...values].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  }
});
