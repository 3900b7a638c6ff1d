import { expect, test } from 'vitest';
import { createArena } from './chain-memory.ts';
import { planChain, type ChainInput } from './chain-plan.ts';
import { servedChain, servedChainBytes } from './served-chain.ts';

test('more users or more ratings make a chain smaller, never larger', () => {
  expect(servedChain({ ratings: 1_000_000, users: 6_000, items: 4_000 })).toEqual({ factors: 11, sweeps: 60 });
  expect(servedChain({ ratings: 1_000_000, users: 100_000, items: 27_000 })).toEqual({ factors: 11, sweeps: 49 });
  expect(servedChain({ ratings: 8_000_000, users: 200_000, items: 27_000 })).toEqual({ factors: 11, sweeps: 20 });
  expect(servedChain({ ratings: 3_000_000, users: 1_000_000, items: 27_000 })).toEqual({ factors: 7, sweeps: 20 });
  expect(servedChain({ ratings: 50_000_000, users: 1_000_000, items: 27_000 })).toBeUndefined();
  expect(servedChain({ ratings: 900, users: 100, items: 100 })).toBeUndefined();
});

test('bytes grow with ratings, users and factors', () => {
  const sizes = { ratings: 1_000_000, users: 6_040, items: 3_706 };
  const bytes = servedChainBytes(sizes, 11);
  expect(servedChainBytes({ ...sizes, ratings: 2_000_000 }, 11)).toBeGreaterThan(bytes);
  expect(servedChainBytes({ ...sizes, users: 100_000 }, 11)).toBeGreaterThan(bytes);
  expect(servedChainBytes(sizes, 15)).toBeGreaterThan(bytes);
});

test('the estimate is above what a chain takes, and near it', () => {
  for (const [users, items, factors] of [
    [60_000, 2_000, 3],
    [60_000, 2_000, 7],
    [6_000, 4_000, 11],
  ]) {
    const ratings = 100_000;
    const arena = createArena();
    planChain(inputOfSize(ratings, users, items), factors, arena);
    const estimate = servedChainBytes({ ratings, users, items }, factors);
    expect(estimate).toBeGreaterThan(arena.bytes);
    expect(estimate).toBeLessThan(1.6 * arena.bytes);
  }
});

const inputOfSize = (ratings: number, users: number, items: number): ChainInput => ({
  users,
  items,
  ratings: { user: new Int32Array(ratings), item: new Int32Array(ratings), rating: new Float32Array(ratings) },
  scale: { min: 1, max: 5 },
  userGroups: [],
  itemGroups: [],
  implicitGroups: true,
  noiseOfEach: true,
  asked: { user: new Int32Array(0), item: new Int32Array(0) },
});
