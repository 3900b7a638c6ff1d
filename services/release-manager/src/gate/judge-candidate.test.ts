import { expect, test } from 'vitest';
import { defaultGateRules, judgeCandidate } from './judge-candidate.ts';
import { goodMetrics } from '../testing/release-world.ts';

test('a model that beats both floors is released, and the reason tells the figures', () => {
  expect(judgeCandidate(goodMetrics)).toEqual({
    release: true,
    reason: "NDCG@10 0.3000, popularity's 0.2000, 300 users; RMSE 0.9000, global mean's 1.0000, 500 ratings",
  });
});

test('as good as the floors is good enough', () => {
  expect(judgeCandidate({ ...goodMetrics, ndcgAt10: 0.2, rmse: 1 }).release).toBe(true);
});

test('a model that ranks worse than popularity is refused with both figures', () => {
  const judgement = judgeCandidate({ ...goodMetrics, ndcgAt10: 0.19 });
  expect(judgement.release).toBe(false);
  expect(judgement.reason).toContain('ranks worse than popularity');
  expect(judgement.reason).toContain('0.1900');
  expect(judgement.reason).toContain('0.2000');
});

test('a model that foretells ratings worse than their mean is refused', () => {
  const judgement = judgeCandidate({ ...goodMetrics, rmse: 1.04 });
  expect(judgement.release).toBe(false);
  expect(judgement.reason).toContain('worse than global mean');
});

test('where means of users and items were measured, they are the floor, and better than the mean of all is not enough', () => {
  const figures = { ...goodMetrics, rmse: 0.95, globalMeanRmse: 1, heldOutRatings: 10_000 };
  expect(judgeCandidate(figures).release).toBe(true);
  const judgement = judgeCandidate({ ...figures, biasOnlyRmse: 0.9 });
  expect(judgement).toMatchObject({ release: false, reason: expect.stringContaining("bias-only's 0.9000") });
  expect(judgeCandidate({ ...figures, biasOnlyRmse: 0.95 }).release, 'bias-only itself').toBe(true);
  expect(judgeCandidate({ ...figures, biasOnlyRmse: null }).release).toBe(false);
  const many = { ...figures, users: 1_000, ndcgAt10: 0.2, biasOnlyRmse: 0.95 };
  expect(judgeCandidate(many)).toMatchObject({ release: false, reason: expect.stringContaining('no better than') });
  expect(judgeCandidate({ ...many, rmse: 0.94 }).release).toBe(true);
});

test.each([Number.NaN, Infinity, -Infinity, null])('a ranking figure of %s is no proof', (value) => {
  expect(judgeCandidate({ ...goodMetrics, ndcgAt10: value }).release).toBe(false);
  expect(judgeCandidate({ ...goodMetrics, popularityNdcgAt10: value }).release).toBe(false);
});

test.each([Number.NaN, Infinity, null])('an RMSE of %s is no proof where ratings were held out', (value) => {
  expect(judgeCandidate({ ...goodMetrics, rmse: value }).release).toBe(false);
  expect(judgeCandidate({ ...goodMetrics, globalMeanRmse: value }).release).toBe(false);
});

test('without held-out ratings the ranking alone decides', () => {
  const none = { ...goodMetrics, heldOutRatings: 0, rmse: null, globalMeanRmse: null };
  expect(judgeCandidate(none).release).toBe(true);
  expect(judgeCandidate({ ...none, ndcgAt10: 0.1 }).release).toBe(false);
});

test('the fewer ratings were held out, the more may an RMSE above the mean be chance', () => {
  const above = { ...goodMetrics, rmse: 1.04, globalMeanRmse: 1 };
  expect(judgeCandidate({ ...above, heldOutRatings: 100 }).release).toBe(true);
  expect(judgeCandidate({ ...above, heldOutRatings: 10_000 }).release).toBe(false);
  expect(judgeCandidate({ ...above, heldOutRatings: 100, rmse: 1.2 }).release).toBe(false);
});

test('with a thousand users held out, as good as both floors is not enough', () => {
  const asGood = { ...goodMetrics, users: 1_000, ndcgAt10: 0.2, rmse: 1 };
  expect(judgeCandidate(asGood)).toMatchObject({ release: false, reason: expect.stringContaining('no better than') });
  expect(judgeCandidate({ ...asGood, users: 999 }).release).toBe(true);
  expect(judgeCandidate({ ...asGood, ndcgAt10: 0.21 }).release).toBe(true);
  expect(judgeCandidate({ ...asGood, rmse: 0.99 }).release).toBe(true);
});

test('fixed limits are asked for where they are set, and told with their figures', () => {
  const rules = { ...defaultGateRules, rmseMax: 0.85 };
  expect(judgeCandidate(goodMetrics, null, rules)).toEqual({ release: false, reason: 'RMSE 0.9000, limit 0.85' });
  expect(judgeCandidate(goodMetrics, null, { ...rules, rmseMax: 1 }).release).toBe(true);
  expect(judgeCandidate({ ...goodMetrics, rmse: null, heldOutRatings: 0 }, null, rules).release).toBe(false);
  expect(judgeCandidate(goodMetrics, null, { ...defaultGateRules, ndcgMin: 0.31 }).release).toBe(false);
});
