import { expect, test } from 'vitest';
import { largestReasons } from './reasons.ts';

const reasons = [
  { index: 9, contribution: 0.5 },
  { index: 4, contribution: -2 },
  { index: 7, contribution: 1.5 },
  { index: 2, contribution: 0.5 },
  { index: 3, contribution: 0 },
];
const indexesOf = (count: number): number[] => largestReasons(reasons, count).map(({ index }) => index);

test('reasons are what adds most, of equal ones the first of the catalogue', () => {
  expect(indexesOf(2)).toEqual([7, 2]);
});

test('what takes away or adds nothing is no reason, however many are wanted', () => {
  expect(indexesOf(9)).toEqual([7, 2, 9]);
  expect(indexesOf(0)).toEqual([]);
});
