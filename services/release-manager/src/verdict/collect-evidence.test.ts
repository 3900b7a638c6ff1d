import { fc } from '@reelay/shared/testing/property-tests';
import { expect, test } from 'vitest';
import { createEvidenceCollector } from './collect-evidence.ts';
import { addLatency, answersAbove, answersIn, meanMs, noLatencies, quantileMs } from './latency-counts.ts';
import { sumsOf } from './ratio-sums.ts';

const told = { epoch: 3, share: 0.2, elapsedMs: 1_000, failure: null };
const aRating = fc.record({
  userId: fc.integer({ min: 1, max: 9 }),
  track: fc.constantFrom('stable' as const, 'canary' as const),
  rating: fc.integer({ min: 1, max: 5 }),
  foretold: fc.integer({ min: 1, max: 5 }),
});

test('sums kept one by one are those of the users, in any order', () => {
  const property = fc.property(fc.array(aRating, { maxLength: 80 }), (ratings) => {
    const collector = createEvidenceCollector();
    for (const rating of ratings) collector.rating(rating);
    for (const track of ['stable', 'canary'] as const) {
      const mine = Map.groupBy(
        ratings.filter((one) => one.track === track),
        ({ userId }) => userId,
      );
      const users = [...mine.values()].map((list) => ({
        n: list.length,
        y: list.reduce((sum, { rating, foretold }) => sum + (rating - foretold) ** 2, 0),
      }));
      expect(collector.evidence(told)[track].squaredErrors).toEqual(sumsOf(users));
    }
  });
  fc.assert(property, { seed: 8 });
});

test('answers, outcomes and latencies go to their track, and users count once', () => {
  const collector = createEvidenceCollector();
  for (const [userId, unanswered] of [
    [1, false],
    [1, true],
    [2, false],
  ] as const) {
    collector.answer({ userId, track: 'canary', unanswered, latencyMs: unanswered ? null : 8 });
  }
  collector.outcome({ userId: 1, track: 'canary', watched: true });
  const { stable, canary } = collector.evidence(told);
  expect(canary).toMatchObject({ users: 2, unanswered: { n: 3, y: 1 }, watched: { users: 1, n: 1, y: 1 } });
  expect(answersIn(canary.latency)).toBe(2);
  expect(stable.users).toBe(0);
});

test('evidence that was given away does not change any more', () => {
  const collector = createEvidenceCollector();
  const before = collector.evidence(told);
  collector.answer({ userId: 1, track: 'stable', unanswered: true, latencyMs: 5 });
  expect(before.stable.unanswered.n).toBe(0);
  expect(answersIn(before.stable.latency)).toBe(0);
});

test('a quantile out of buckets is within a bucket of the exact one, and the answers above it are the rest', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 50, maxLength: 300 }),
    (all) => {
      const latencies = noLatencies();
      for (const ms of all) addLatency(latencies, ms);
      const exact = all.toSorted((a, b) => a - b)[Math.ceil(0.9 * all.length) - 1];
      expect(Math.abs(quantileMs(latencies, 0.9) / exact - 1)).toBeLessThanOrEqual(0.051);
      expect(answersAbove(latencies, quantileMs(latencies, 0.9))).toBeCloseTo(0.1 * all.length, 6);
      expect(meanMs(latencies).mean).toBeCloseTo(all.reduce((sum, ms) => sum + ms, 0) / all.length, 6);
    },
  );
  fc.assert(property, { seed: 8 });
});
