import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { bestFactorShare } from './mix-with-biases.ts';

const dice = createDice(4);
const ratings = Array.from({ length: 500 }, () => 3 + dice.gaussian());
const noisy = (deviation: number): number[] => ratings.map((rating) => rating + deviation * dice.gaussian());
const squares = (predicted: readonly number[]): number =>
  predicted.reduce((sum, value, at) => sum + (value - ratings[at]) ** 2, 0);

test('no share in steps of a hundredth has a smaller error than the one that is chosen', () => {
  const [factors, biases] = [noisy(0.9), noisy(1.1)];
  const errorOf = (share: number): number =>
    squares(factors.map((value, at) => share * value + (1 - share) * biases[at]));
  const chosen = bestFactorShare(factors, biases, ratings);
  expect(chosen).toBeGreaterThan(0.4);
  expect(chosen).toBeLessThan(0.8);
  for (let share = 0; share <= 1; share += 0.01) expect(errorOf(chosen)).toBeLessThanOrEqual(errorOf(share) + 1e-9);
});

test('what is right is taken alone, what is only noise not at all', () => {
  expect(bestFactorShare(ratings, noisy(1), ratings)).toBe(1);
  const biases = noisy(0.01);
  expect(
    bestFactorShare(
      biases.map((value, at) => 2 * value - ratings[at]),
      biases,
      ratings,
    ),
  ).toBe(0);
});

test('where both say the same the biases answer', () => {
  expect(bestFactorShare(ratings, ratings, ratings)).toBe(0);
  expect(bestFactorShare([], [], [])).toBe(0);
});
