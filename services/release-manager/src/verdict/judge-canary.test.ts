import { describe, expect, test } from 'vitest';
import { createPopulation, releaseKinds, simulateRelease, type ReleaseKind } from '../testing/simulate-release.ts';
import { noTrackEvidence, type CanaryEvidence, type TrackEvidence } from './evidence.ts';
import { judgeCanary } from './judge-canary.ts';
import { addLatency } from './latency-counts.ts';
import { addUserTo } from '@reelay/shared/contracts';
import { defaultVerdictRules, type VerdictRules } from './rules.ts';

interface Track {
  users: number;
  /** Of ten answers a user. */
  watched: number;
  failed?: number;
  ms?: (answer: number) => number;
  ratings?: number;
  squaredError?: number;
}

/** Ten answers a user, every one of them the same but for a ripple, so that figures are known exactly. */
function trackOf({ users, watched, failed = 0, ms = () => 10, ratings = 0, squaredError = 0.8 }: Track): TrackEvidence {
  const track = { ...noTrackEvidence(), users };
  for (let user = 0; user < users; user++) {
    const ripple = (user % 3) - 1;
    addUserTo(track.watched, 10, watched + ripple);
    addUserTo(track.unanswered, 10, user % 100 < failed * 10 ? 10 : 0);
    if (user < ratings) addUserTo(track.squaredErrors, 1, squaredError * (1 + ripple / 2));
    for (let answer = 0; answer < 10; answer++) addLatency(track.latency, ms(10 * user + answer));
  }
  return track;
}

const hour = 3_600_000;
const evidenceOf = (canary: Partial<Track>, change: Partial<CanaryEvidence> = {}): CanaryEvidence => ({
  epoch: 3,
  share: 0.2,
  elapsedMs: hour,
  stable: trackOf({ users: 20_000, watched: 2.2, ratings: 5_000 }),
  canary: trackOf({ users: 5_000, watched: 2.2, ratings: 2_000, ...canary }),
  failure: null,
  ...change,
});
const judge = (canary: Partial<Track>, change: Partial<CanaryEvidence> = {}, rules: Partial<VerdictRules> = {}) =>
  judgeCanary(evidenceOf(canary, change), { ...defaultVerdictRules, ...rules });

test('a canary that is as good is promoted, and the reason has every figure', () => {
  const { outcome, reason } = judge({});
  expect(outcome).toBe('better-or-equal');
  for (const part of ['failed or fallback', 'p99', 'budget', 'watched 22.00 %', 'RMSE']) expect(reason).toContain(part);
});

test.each<[string, Partial<Track>, string]>([
  ['fails more often', { failed: 0.2 }, 'failed or fallback'],
  ['is slower', { ms: () => 70 }, 'p99'],
  ['is slower now and then', { ms: (answer) => (answer % 40 === 0 ? 100 : 10) }, 'p99'],
  ['is watched less', { watched: 2.0 }, 'watched 20.00 %'],
  ['foretells worse', { squaredError: 1 }, 'RMSE'],
])('a canary that %s is aborted, with that figure', (_what, canary, figure) => {
  const { outcome, reason } = judge(canary);
  expect(outcome).toBe('worse');
  expect(reason).toContain(figure);
});

test('a dozen users who have watched nothing yet are no proof, where stable says how unequal users are', () => {
  const few = (users: number, watching: (user: number) => boolean): TrackEvidence => {
    const track = trackOf({ users, watched: 1 });
    track.watched = noTrackEvidence().watched;
    for (let user = 0; user < users; user++) addUserTo(track.watched, 10, watching(user) ? 10 : 0);
    return track;
  };
  const stable = few(400, (user) => user % 5 === 0);
  const judged = (users: number) => {
    const change = { stable, canary: few(users, () => false), share: users / (400 + users) };
    return judge({}, change, { watchMargin: 0.5 });
  };
  expect(judged(12).outcome).toBe('undecided');
  expect(judged(100)).toMatchObject({ outcome: 'worse', reason: expect.stringContaining('watched 0.00 %') });
});

test('p99 beyond the budget aborts even when stable is as slow; the rule of the mean is for who wants it', () => {
  const slow = { ms: () => 300 };
  const stable = trackOf({ users: 20_000, watched: 2.2, ...slow });
  expect(judge(slow, { stable })).toMatchObject({ outcome: 'worse', reason: expect.stringContaining('budget') });
  const mean = (ms: number): Partial<VerdictRules> => ({ latencyBudget: { rule: 'mean', ms } });
  expect(judge(slow, { stable }, mean(500)).outcome).toBe('better-or-equal');
  expect(judge(slow, { stable }, mean(200)).outcome).toBe('worse');
});

test('users that are split otherwise than planned stop it before anything else', () => {
  const { outcome, reason } = judge({ users: 6_000 });
  expect(outcome).toBe('worse');
  expect(reason).toMatch(/6000 of 26000 users on the canary, 20\.00 % planned/);
});

test('workers that could not load it, or died of it, abort it at once', () => {
  const failure = '3-cccccc could not be loaded: ARTIFACT_CORRUPT';
  expect(judge({}, { failure })).toMatchObject({ outcome: 'worse', reason: failure });
});

test.each<[string, Partial<Track>, Partial<CanaryEvidence>]>([
  ['too few answers', { users: 9 }, { stable: trackOf({ users: 36, watched: 2.2 }) }],
  ['too few answers for a promotion', { users: 50 }, { stable: trackOf({ users: 200, watched: 2.2 }) }],
  ['too early', {}, { elapsedMs: 60_000 }],
])('undecided: %s', (_what, canary, change) => {
  expect(judge(canary, change).outcome).toBe('undecided');
});

test('too few ratings are not waited for, and said to be', () => {
  expect(judge({ ratings: 10 })).toMatchObject({
    outcome: 'better-or-equal',
    reason: expect.stringContaining('10 ratings, too few'),
  });
});

test('no evidence at all is undecided, not fine', () => {
  const nothing = { stable: noTrackEvidence(), canary: noTrackEvidence() };
  expect(judgeCanary(evidenceOf({}, nothing), { ...defaultVerdictRules, abortAnswersMin: 0 }).outcome).toBe(
    'undecided',
  );
});

describe('simulated releases, 12 of each kind, each up to 400,000 answers', () => {
  const population = createPopulation(8);
  const wanted: Record<ReleaseKind, string> = {
    identical: 'better-or-equal',
    'watched 5 % less': 'worse',
    '60 ms slower': 'worse',
    '2 points more failures': 'worse',
  };
  const decided = (kind: ReleaseKind, rules: VerdictRules): number =>
    Array.from({ length: 12 }, (_, seed) => simulateRelease(population, kind, seed + 1, rules)).filter(
      ({ outcome }) => outcome === wanted[kind],
    ).length;

  test.each(Object.keys(releaseKinds) as ReleaseKind[])(
    '%s: at least 11 are decided rightly',
    (kind) => {
      expect(decided(kind, defaultVerdictRules)).toBeGreaterThanOrEqual(11);
    },
    60_000,
  );

  test('planted: a verdict that needs no confidence aborts good ones', () => {
    const hasty = { ...defaultVerdictRules, abortAlpha: 0.9 };
    expect(decided('identical', hasty)).toBeLessThan(11);
  }, 60_000);
});
