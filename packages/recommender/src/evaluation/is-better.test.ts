import { expect, test } from 'vitest';
import { isBetter } from './is-better.ts';

const wiggle = Array.from({ length: 200 }, (_, at) => Math.sin(at * 12.9898));

test('a difference counts when it is more than its own standard error', () => {
  const shifted = (by: number) => wiggle.map((value, at) => value * Math.cos(at * 78.233) + by);
  expect(isBetter(shifted(0.5), wiggle.map((value, at) => value * Math.cos(at * 78.233)))).toBe(true);
  expect(isBetter(wiggle.map((value) => value + 0.001), wiggle.toReversed())).toBe(false);
  expect(isBetter(wiggle, wiggle)).toBe(false);
  expect(isBetter([], [])).toBe(false);
  expect(isBetter([0, 0], [1, 1])).toBe(false);
}); // prettier-ignore
