import { expect, test } from 'vitest';
import { createRandomStream } from './random-stream.ts';

const draws = 50_000;
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
}

const take = (draw: () => number): number[] => Array.from({ length: draws }, draw);

test('normal numbers have mean 0 and variance 1, and a third of them lies beyond one deviation', () => {
  const values = take(createRandomStream(3).gaussian);
  expect(Math.abs(meanOf(values))).toBeLessThan(0.02);
  expect(Math.abs(varianceOf(values) - 1)).toBeLessThan(0.03);
  const beyond = values.filter((value) => Math.abs(value) > 1).length / draws;
  expect(Math.abs(beyond - 0.3173)).toBeLessThan(0.01);
});

test.each([1, 4.5, 500])('gamma numbers of shape %s have that mean and variance', (shape) => {
  const { gamma } = createRandomStream(4, shape);
  const values = take(() => gamma(shape));
  expect(Math.abs(meanOf(values) / shape - 1)).toBeLessThan(0.03);
  expect(Math.abs(varianceOf(values) / shape - 1)).toBeLessThan(0.06);
});

test('the first numbers of neighbouring keys are as random as those of one key', () => {
  const firsts = Array.from({ length: draws }, (_, feature) => createRandomStream(1, 0, 3, 7, 2, feature).gaussian());
  expect(Math.abs(meanOf(firsts))).toBeLessThan(0.02);
  expect(Math.abs(varianceOf(firsts) - 1)).toBeLessThan(0.03);
  const products = firsts.slice(1).map((value, at) => value * firsts[at]);
  expect(Math.abs(meanOf(products))).toBeLessThan(0.02);
  expect(new Set(firsts).size).toBeGreaterThan(0.999 * draws);
});

test('the same key gives the same numbers, whatever was drawn before; another key others', () => {
  const stream = createRandomStream(9, 1);
  const first = [stream.gaussian(), stream.uniform()];
  stream.begin(9, 2);
  const other = [stream.gaussian(), stream.uniform()];
  stream.begin(9, 1);
  expect([stream.gaussian(), stream.uniform()]).toEqual(first);
  expect(other).not.toEqual(first);
});
