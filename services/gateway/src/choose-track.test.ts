import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { routeFor, secondRoute, trackFor } from './choose-track.ts';

const plan: Plan = { ...emptyPlan, epoch: 1, stable: '1-aaaaaa', canary: '2-bbbbbb', share: 0.2, salt: 'release-2' };
const users = Array.from({ length: 100_000 }, (_, at) => at + 1);
const onCanary = (of: Plan, ids = users): number[] => ids.filter((userId) => trackFor(userId, of) === 'canary');

test('a share of 20 % puts 20,000 of 100,000 users on the canary, give or take 500', () => {
  expect(Math.abs(onCanary(plan).length - 20_000)).toBeLessThanOrEqual(500);
});

test('an even range of user ids is no way around the share', () => {
  const even = users.map((userId) => userId * 2);
  expect(Math.abs(onCanary(plan, even).length - 20_000)).toBeLessThanOrEqual(500);
});

test('a user stays on the track while the plan changes around the same salt', () => {
  expect(onCanary({ ...plan, epoch: 9, withdrawn: ['0-000000'] })).toEqual(onCanary(plan));
});

test('a higher share keeps everybody who is on the canary already', () => {
  const wider = new Set(onCanary({ ...plan, share: 0.5 }));
  expect(onCanary(plan).every((userId) => wider.has(userId))).toBe(true);
});

test('a new salt draws the canary anew: of 20,000 about a fifth are drawn again', () => {
  const again = new Set(onCanary({ ...plan, salt: 'release-3' }));
  const both = onCanary(plan).filter((userId) => again.has(userId)).length;
  expect(Math.abs(both - 4_000)).toBeLessThanOrEqual(300);
});

test.each([
  ['no canary', { ...plan, canary: null, share: 1 }],
  ['a share of 0', { ...plan, share: 0 }],
])('%s puts everybody on stable', (_what, of) => {
  expect(onCanary(of)).toEqual([]);
});

test('a share of 1 puts everybody on the canary', () => {
  expect(onCanary({ ...plan, share: 1 }).length).toBe(users.length);
});

test('before the first release there is no route', () => {
  expect(routeFor(1, emptyPlan)).toBeNull();
});

test('the second route is the other track', () => {
  const stable = { track: 'stable', version: '1-aaaaaa' } as const;
  const canary = { track: 'canary', version: '2-bbbbbb' } as const;
  expect(secondRoute(1, stable, plan, null)).toEqual(canary);
  expect(secondRoute(1, canary, plan, null)).toEqual(stable);
});

test('without another track the second route is the version before this plan, unless it is withdrawn', () => {
  const before = { ...plan, canary: null };
  const now = { ...before, epoch: 2, stable: '3-cccccc' };
  const first = { track: 'stable', version: '3-cccccc' } as const;
  expect(secondRoute(1, first, now, before)).toEqual({ track: 'stable', version: '1-aaaaaa' });
  expect(secondRoute(1, first, { ...now, withdrawn: ['1-aaaaaa'] }, before)).toBeNull();
  expect(secondRoute(1, first, now, null)).toBeNull();
});
