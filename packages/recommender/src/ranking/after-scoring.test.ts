import { expect, test } from 'vitest';
import { diversify } from './diversify.ts';
import { exploreSlots } from './explore.ts';
import { createFactorLikeness, similarByWeights } from './similar-items.ts';
import { candidateRecall, sourcesOf } from './sources.ts';

const candidates = [9, 8, 7, 6, 5].map((score, index) => ({ index, score }));
/** Items 0, 1 and 2 are of one kind. */
const similarity = (one: number, other: number): number => (one < 3 && other < 3 ? 1 : 0);
const indexes = (list: readonly { index: number }[]) => list.map(({ index }) => index);

test('MMR with λ = 1 keeps the order, with less the next is of another kind', () => {
  expect(indexes(diversify(candidates, { relevance: 1, count: 5, similarity }))).toEqual([0, 1, 2, 3, 4]);
  expect(indexes(diversify(candidates, { relevance: 0.5, count: 3, similarity }))).toEqual([0, 3, 4]);
  expect(indexes(diversify(candidates, { relevance: 0.7, count: 9, similarity }))).toEqual([0, 1, 3, 2, 4]);
});

test('each MMR step takes the largest λ·rel − (1 − λ)·max sim, written out', () => {
  const near = (a: number, b: number): number => Math.cos(a * 7 + b * 7);
  const list = diversify(candidates, { relevance: 0.6, count: 5, similarity: near });
  list.forEach(({ index, score }, place) => {
    const worth = (item: (typeof candidates)[number]): number => {
      const alike = list.slice(0, place).map((chosen) => near(item.index, chosen.index));
      return (0.6 * (item.score - 5)) / 4 - 0.4 * (place === 0 ? 0 : Math.max(...alike));
    };
    const left = candidates.filter((item) => !indexes(list.slice(0, place)).includes(item.index));
    expect(worth({ index, score })).toBeCloseTo(Math.max(...left.map(worth)), 9);
  });
});

test.each([-0.1, 1.1, NaN])('a relevance of %d is refused', (relevance) => {
  expect(() => diversify(candidates, { relevance, count: 2, similarity })).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }),
  );
});

const greedy = [0, 1, 2, 3, 4];
const pool = [3, 4, 5, 6, 7, 8, 9];

test('without ε the list is greedy and certain; the same seed gives the same slots', () => {
  const slots = exploreSlots(greedy, pool, 3, { epsilon: 0, seed: 1 });
  expect(slots).toEqual([0, 1, 2].map((index) => ({ index, explored: false, propensity: 1 })));
  const drawn = (seed: number) => exploreSlots(greedy, pool, 5, { epsilon: 0.5, seed });
  expect(drawn(3)).toEqual(drawn(3));
  expect(new Set(Array.from({ length: 20 }, (_, seed) => JSON.stringify(drawn(seed)))).size).toBeGreaterThan(10);
});

test('logged propensities are those of the draws: the mean of 1/p over what was shown counts the items', () => {
  const lists = 40_000;
  let weighed = 0;
  const shown = new Map<number, { count: number; propensity: number }>();
  for (let seed = 0; seed < lists; seed += 1) {
    const [first] = exploreSlots(greedy, pool, 1, { epsilon: 0.3, seed });
    weighed += 1 / first.propensity;
    shown.set(first.index, { count: (shown.get(first.index)?.count ?? 0) + 1, propensity: first.propensity });
  }
  // Item 0 and the seven of the pool can stand first.
  expect(weighed / lists).toBeGreaterThan(7.5);
  expect(weighed / lists).toBeLessThan(8.5);
  expect(shown.get(0)!.propensity).toBeCloseTo(0.7, 12);
  expect(shown.get(5)!.propensity).toBeCloseTo(0.3 / 7, 12);
  for (const { count, propensity } of shown.values()) expect(Math.abs(count / lists - propensity)).toBeLessThan(0.01);
});

test('an item that is the best and in the pool has both ways in its propensity; no item stands twice', () => {
  const [first] = exploreSlots([3, 1], [3, 4], 1, { epsilon: 0.5, seed: 4 });
  expect([3, 4]).toContain(first.index);
  const three = Array.from(
    { length: 50 },
    (_, seed) => exploreSlots([3, 1], [3, 4], 1, { epsilon: 0.5, seed })[0],
  ).find(({ index }) => index === 3)!;
  expect(three.propensity).toBeCloseTo(0.5 / 2 + 0.5, 12);
  for (let seed = 0; seed < 200; seed += 1) {
    const list = exploreSlots(greedy, pool, 20, { epsilon: 0.4, seed }).map(({ index }) => index);
    expect(new Set(list).size).toBe(list.length);
    expect(list.length).toBe(10);
  }
});

test('every item names who proposed it, the highest rank first; recall is that of the candidates', () => {
  const proposers = [
    { source: 'factors' as const, scores: Float32Array.of(5, 4, 3, 2, 1) },
    { source: 'popular' as const, scores: Float32Array.of(1, 5, 2, 4, 3) },
  ];
  const sourced = sourcesOf([1, 0, 4, 2], proposers, { depth: 2 });
  expect(sourced).toEqual([
    {
      index: 1,
      sources: [
        { source: 'popular', rank: 1 },
        { source: 'factors', rank: 2 },
      ],
    },
    { index: 0, sources: [{ source: 'factors', rank: 1 }] },
    { index: 4, sources: [] },
    { index: 2, sources: [] },
  ]);
  expect(candidateRecall(new Set([0, 3, 4]), proposers, { depth: 2 })).toEqual({
    together: 2 / 3,
    bySource: { factors: 1 / 3, popular: 1 / 3 },
  });
  const excluded = Uint8Array.of(1, 0, 0, 0, 0);
  expect(candidateRecall(new Set([2]), proposers, { depth: 2, excluded }).bySource.factors).toBe(1);
  expect(candidateRecall(new Set(), proposers, { depth: 2 }).together).toBe(0);
});

test('similar items point the same way, without the item itself and those nobody watched', () => {
  const itemFactors = Float32Array.of(1, 0, 2, 0.1, 0, 1, 0, 0, -1, 0);
  const model = { itemFactors, factors: 2 };
  const similar = createFactorLikeness(model);
  expect(similar(0, 9).map(({ index }) => index)).toEqual([1]);
  expect(similar(0, 1)[0].score).toBeCloseTo(2 / Math.hypot(2, 0.1), 6);
  expect(() => similar(5, 1)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  const weights = {
    items: 3,
    start: Int32Array.of(0, 2, 2, 2),
    target: Int32Array.of(1, 2),
    weight: Float32Array.of(0.25, 0.5),
  };
  expect(similarByWeights(weights, 0, 5)).toEqual([
    { index: 2, score: 0.5 },
    { index: 1, score: 0.25 },
  ]);
  expect(similarByWeights(weights, 1, 5)).toEqual([]);
});
