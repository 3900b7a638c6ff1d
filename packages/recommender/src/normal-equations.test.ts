import { expect, test } from 'vitest';
import { gramianOf, NormalEquations } from './normal-equations.ts';
import { createDice } from './testing/latent-tastes.ts';

test('HᵀH equals the sum over rows, for widths that four does and does not divide', () => {
  const dice = createDice(1);
  for (const factors of [1, 3, 4, 6, 9]) {
    const rows = 17;
    const matrix = Float32Array.from({ length: rows * factors }, () => dice.gaussian());
    const gramian = gramianOf(matrix, factors);
    for (let i = 0; i < factors; i += 1) {
      for (let j = 0; j < factors; j += 1) {
        let sum = 0;
        for (let row = 0; row < rows; row += 1) sum += matrix[row * factors + i] * matrix[row * factors + j];
        expect(gramian[i * factors + j]).toBeCloseTo(sum, 10);
      }
    }
  }
});

test('one system leaves no trace in the next', () => {
  const gramian = Float64Array.of(2, 0.5, 0.5, 1);
  const rows = Float32Array.of(1, 2, 3, -1);
  const solve = (equations: NormalEquations, index: number) => {
    const out = new Float64Array(2);
    equations.begin(gramian, 0.3);
    equations.add(rows, index, 1.5);
    equations.solve(0.1, out, 0);
    return [...out];
  };
  const shared = new NormalEquations(2);
  expect([solve(shared, 0), solve(shared, 1), solve(shared, 0)]).toEqual(
    [0, 1, 0].map((index) => solve(new NormalEquations(2), index)),
  );
});

test.each([NaN, Infinity, -1])('a matrix with %s on its diagonal is refused, not solved to nonsense', (value) => {
  const equations = new NormalEquations(1);
  equations.begin(Float64Array.of(value), 1);
  expect(() => equations.solve(0.1, new Float64Array(1), 0)).toThrow(
    expect.objectContaining({ code: 'NUMERIC_FAILURE' }),
  );
});

const solveOne = (equations: NormalEquations, rows: Float32Array, confidence: number, times: number) => {
  const out = new Float64Array(1);
  equations.begin(Float64Array.of(1), 1);
  for (let time = 0; time < times; time += 1) equations.add(rows, 0, confidence);
  equations.solve(0.1, out, 0);
  return out[0];
};

test('a system that failed on a number that is not finite does not spoil the next', () => {
  const equations = new NormalEquations(1);
  const sound = solveOne(equations, Float32Array.of(2), 1, 1);
  expect(sound).toBeCloseTo(2 / 5.1, 12);
  expect(() => solveOne(equations, Float32Array.of(NaN), 1, 4)).toThrow();
  expect(solveOne(equations, Float32Array.of(2), 1, 1)).toBe(sound);
  expect(() => solveOne(equations, Float32Array.of(2), NaN, 4)).toThrow();
  expect(solveOne(equations, Float32Array.of(2), 1, 1)).toBe(sound);
});
