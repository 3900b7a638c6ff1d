import { fc } from '@reelay/shared/testing/property-tests';
import { expect, test } from 'vitest';
import { estimateRatio, estimateShare, sumsOf } from './ratio-sums.ts';

const someUsers = fc.array(
  fc.integer({ min: 1, max: 20 }).chain((n) => fc.record({ n: fc.constant(n), y: fc.integer({ min: 0, max: n }) })),
  { minLength: 2, maxLength: 60 },
);

test('the variance of a ratio is that of the residuals by user, computed the long way', () => {
  const property = fc.property(someUsers, (users) => {
    const { rate, variance } = estimateRatio(sumsOf(users));
    const k = users.length;
    const meanN = users.reduce((sum, { n }) => sum + n, 0) / k;
    const residuals = users.map(({ n, y }) => (y - rate * n) / meanN);
    const mean = residuals.reduce((sum, one) => sum + one, 0) / k;
    const s2 = residuals.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (k - 1);
    expect(variance).toBeCloseTo(s2 / k, 10);
  });
  fc.assert(property, { seed: 8 });
});

test('users that hang together are less sure than as many single answers', () => {
  const alike = sumsOf(Array.from({ length: 100 }, (_, user) => ({ n: 10, y: user % 2 === 0 ? 10 : 0 })));
  const single = sumsOf(Array.from({ length: 1_000 }, (_, user) => ({ n: 1, y: user % 2 })));
  expect(estimateRatio(alike).rate).toBe(estimateRatio(single).rate);
  expect(estimateRatio(alike).variance / estimateRatio(single).variance).toBeCloseTo(10, 0);
});

test('no failure among few answers is no proof of none', () => {
  const none = estimateShare(sumsOf(Array.from({ length: 100 }, () => ({ n: 1, y: 0 }))));
  expect(none.rate).toBe(0);
  expect(Math.sqrt(none.variance)).toBeGreaterThan(0.009);
});

test('one user, or none, says nothing', () => {
  expect(estimateRatio(sumsOf([])).variance).toBe(Infinity);
  expect(estimateRatio(sumsOf([{ n: 50, y: 3 }])).variance).toBe(Infinity);
});
