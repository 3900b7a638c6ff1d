import { expect, test } from 'vitest';
import { ndcgAt, recallAt, rmse } from './metrics.ts';
import { createDice } from './testing/latent-tastes.ts';

test('NDCG of a known list is the value worked out by hand', () => {
  // Hits at places 1 and 3 of three relevant: (1 + 1/2) / (1 + 1/log2(3) + 1/2).
  expect(ndcgAt([7, 1, 8, 2], new Set([7, 8, 9]), 10)).toBeCloseTo(1.5 / (1.5 + 1 / Math.log2(3)), 12);
});

test('NDCG is 1 for the best list, 0 for a list without a hit, and counts only the first k', () => {
  expect(ndcgAt([1, 2, 3], new Set([1, 2, 3]), 3)).toBe(1);
  expect(ndcgAt([1, 2, 3], new Set([1, 2, 3, 4, 5]), 3)).toBe(1);
  expect(ndcgAt([4, 5], new Set([1]), 2)).toBe(0);
  expect(ndcgAt([4, 5, 1], new Set([1]), 2)).toBe(0);
  expect(ndcgAt([1], new Set(), 2)).toBe(0);
  expect(ndcgAt([], new Set([1]), 2)).toBe(0);
});

test('NDCG and recall equal their definitions over places on 300 random lists', () => {
  const dice = createDice(4);
  for (let round = 0; round < 300; round += 1) {
    const list = Array.from({ length: 12 }, (_, item) => item).sort(() => dice.share() - 0.5);
    const relevant = new Set(list.filter(() => dice.share() < 0.3));
    const k = dice.between(1, 15);
    const hits = list.map((item) => (relevant.has(item) ? 1 : 0));
    const discounted = (gains: number[]) =>
      gains.slice(0, k).reduce<number>((sum, gain, place) => sum + (gain * Math.LN2) / Math.log(place + 2), 0);
    const ideal = discounted([...hits].sort((a, b) => b - a));
    expect(ndcgAt(list, relevant, k)).toBeCloseTo(ideal === 0 ? 0 : discounted(hits) / ideal, 12);
    const found = hits.slice(0, k).filter((hit) => hit === 1).length;
    expect(recallAt(list, relevant, k)).toBeCloseTo(relevant.size === 0 ? 0 : found / Math.min(k, relevant.size), 12);
  }
});

test('a hit that moves down the list lowers NDCG but not recall', () => {
  const relevant = new Set([1]);
  expect(ndcgAt([2, 1, 3], relevant, 3)).toBeLessThan(ndcgAt([1, 2, 3], relevant, 3));
  expect(recallAt([2, 1, 3], relevant, 3)).toBe(recallAt([1, 2, 3], relevant, 3));
});

test('a hit that stands twice counts once', () => {
  const relevant = new Set([1, 2]);
  expect(ndcgAt([1, 1, 1], relevant, 3)).toBe(ndcgAt([1, 8, 9], relevant, 3));
  expect(recallAt([1, 1, 1], relevant, 3)).toBe(0.5);
});

test('RMSE is the root of the mean squared error', () => {
  expect(rmse([1, 2, 3], [1, 4, 3])).toBeCloseTo(Math.sqrt(4 / 3), 12);
  expect(rmse(Float64Array.of(2), [2])).toBe(0);
});

test('metrics over nothing or over NaN are refused', () => {
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  expect(() => rmse([], [])).toThrow(refused);
  expect(() => rmse([1], [1, 2])).toThrow(refused);
  expect(() => rmse([NaN], [1])).toThrow(refused);
  expect(() => ndcgAt([1], new Set([1]), 0)).toThrow(refused);
  expect(() => recallAt([1], new Set([1]), NaN)).toThrow(refused);
});
