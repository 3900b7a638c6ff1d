import { defaultRatingSettings } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { chainsWithin } from './budget.ts';

const sized = (rows: number) => ({ users: 6_000, items: 4_000, rating: { length: rows } as Float64Array });
const work = (chains: readonly { factors: number; sweeps: number }[]) =>
  chains.reduce((sum, { factors, sweeps }) => sum + sweeps * (factors + 1) ** 2, 0);

test('with time enough all is done; with less, less, and something always', () => {
  expect(chainsWithin(100_000, sized(1_000_000), 2)).toEqual(defaultRatingSettings.chains);
  const steps = [600, 60, 12, 2].map((seconds) => work(chainsWithin(seconds, sized(1_000_000), 2)));
  expect(steps).toEqual(steps.toSorted((a, b) => b - a));
  expect(chainsWithin(0.001, sized(1_000_000), 2)).toEqual([{ factors: 3, sweeps: 30 }]);
});

test('the same data and budget give the same chains; more data gives smaller ones', () => {
  expect(chainsWithin(300, sized(1_000_000), 2)).toEqual(chainsWithin(300, sized(1_000_000), 2));
  expect(work(chainsWithin(60, sized(10_000_000), 2))).toBeLessThan(work(chainsWithin(60, sized(1_000_000), 2)));
});
