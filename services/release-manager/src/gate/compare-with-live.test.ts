import { compareByUser, type ComparedUser } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { goodMetrics } from '../testing/release-world.ts';
import { compareWithLive, defaultCompareRules } from './compare-with-live.ts';
import { judgeCandidate } from './judge-candidate.ts';

const groupNames = [
  ...['F', 'M'].map((gender) => `gender=${gender}`),
  ...Array.from({ length: 7 }, (_, age) => `age=${age}`),
  ...Array.from({ length: 10 }, (_, occupation) => `occupation=${occupation}`),
];

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0) / 2 ** 32;
  };
}

/** Two models that are equally good and yet differ for each user; `spoil` makes the candidate worse. */
function heldOut(users: number, seed: number, spoil: (user: ComparedUser) => void = () => {}): ComparedUser[] {
  const random = randomOf(seed);
  return Array.from({ length: users }, () => {
    const groups = [0, 2, 9].map((from, kind) => groupNames[from + Math.floor(random() * [2, 7, 10][kind])]);
    const taste = random() * 0.6;
    const ratings = 1 + Math.floor(random() * 4);
    const figures = () => ({ ndcg: taste + random() * 0.2, squaredErrors: ratings * (0.4 + taste + random() * 0.4) });
    const user = { groups, ratings, candidate: figures(), live: figures() };
    spoil(user);
    return user;
  });
}

const judged = (users: ComparedUser[]) => judgeCandidate(goodMetrics, compareByUser('3-live00', users));

test('of 1,000 candidates as good as the live model at most 50 are refused, over 19 groups and two figures each', () => {
  const rules = { ...defaultCompareRules, tolerance: 0 };
  const refused = Array.from({ length: 1_000 }, (_, seed) =>
    compareWithLive(compareByUser('3-live00', heldOut(1_500, seed + 1)), rules).some(({ worse }) => worse),
  ).filter(Boolean).length;
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(50);
});

test('without the correction most of them are refused by one group or another', () => {
  const rules = { ...defaultCompareRules, tolerance: 0 };
  const refused = Array.from({ length: 100 }, (_, seed) =>
    compareWithLive(compareByUser('3-live00', heldOut(1_500, seed + 1)), rules).some(({ p }) => p < rules.alpha),
  ).filter(Boolean).length;
  expect(refused).toBeGreaterThan(50);
});

test('a model that ranks worse for everybody is refused, with figures and interval', () => {
  const users = heldOut(2_000, 5, ({ candidate }) => (candidate.ndcg! *= 0.93));
  const { release, reason } = judged(users);
  expect(release).toBe(false);
  expect(reason).toMatch(/worse than the live model in \d+ of \d+ comparisons with 3-live00/);
  expect(reason).toMatch(/NDCG@10 of everybody 0\.\d{4}, live 0\.\d{4} \(difference −0\.\d{4}, 95 % −0\.\d{4} to /);
});

test('a model that is worse for one group alone is refused, and the reason names the group', () => {
  const users = heldOut(4_000, 6, ({ groups, candidate }) => {
    if (groups.includes('age=3')) candidate.squaredErrors *= 1.4;
  });
  const { release, reason } = judged(users);
  expect(release).toBe(false);
  expect(reason).toContain('RMSE of age=3');
  expect(reason).not.toContain('of age=4');
});

test('a loss within the tolerance is let pass, however sure one is of it', () => {
  const slightly = heldOut(20_000, 7, ({ candidate, live }) => (candidate.ndcg = live.ndcg! * 0.995));
  expect(judged(slightly).release).toBe(true);
});

test('a group of few users says nothing; with none at all the reason says so', () => {
  const few = heldOut(90, 8, ({ candidate }) => (candidate.ndcg = 0));
  expect(judged(few)).toMatchObject({ release: true, reason: expect.stringContaining('too few users to compare') });
});

test('a figure that is no number is no proof', () => {
  const broken = heldOut(500, 9, ({ candidate }) => (candidate.squaredErrors = Number.NaN));
  expect(judged(broken).release).toBe(false);
});

test('users without a relevant item count for ratings alone, and the other way round', () => {
  const users = heldOut(300, 10, (user) => {
    user.candidate.ndcg = null;
    user.live.ndcg = null;
  });
  const { overall } = compareByUser('3-live00', users);
  expect(overall.ndcg).toBeNull();
  expect(overall.squaredError!.difference.users).toBe(300);
});
