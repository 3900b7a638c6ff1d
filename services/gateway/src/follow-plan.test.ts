import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { createMemoryLogger } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createPlanFollower } from './follow-plan.ts';
import type { ReadyLists } from './load-ready-lists.ts';

const listsOf = (version: string): ReadyLists => ({
  version,
  popular: [{ id: 'a+2001', score: 0 }],
  groups: [],
  groupOfUser: new Uint8Array(),
  genres: new Map(),
  minAges: new Map(),
});
const planOf = (epoch: number, stable: string): Plan => ({ ...emptyPlan, epoch, stable });

function follow(failing = new Set<string>()) {
  const clock = createManualClock();
  const asked: string[] = [];
  const loadLists = async (version: string): Promise<ReadyLists> => {
    asked.push(version);
    if (failing.has(version)) throw new AppError('ARTIFACT_NOT_FOUND', 'not there yet');
    return listsOf(version);
  };
  return {
    clock,
    asked,
    follower: createPlanFollower({ loadLists, base: null, log: createMemoryLogger().log, clock }),
  };
}

test('a lower or equal epoch changes nothing', async () => {
  const { follower, asked } = follow();
  follower.adopt(planOf(5, 'b'));
  await waitUntil('lists', () => follower.lists?.version === 'b');
  follower.adopt(planOf(4, 'a'));
  follower.adopt(planOf(5, 'c'));
  expect([follower.plan.stable, follower.before, asked]).toEqual(['b', null, ['b']]);
});

test('the plan before is known, and the old lists stay until the new ones are there', async () => {
  const { follower } = follow();
  follower.adopt(planOf(1, 'a'));
  await waitUntil('lists', () => follower.lists !== null);
  follower.adopt(planOf(2, 'b'));
  expect([follower.before?.stable, follower.lists?.version]).toEqual(['a', 'a']);
  await waitUntil('new lists', () => follower.lists?.version === 'b');
});

test('lists that cannot be loaded are tried again until they can', async () => {
  const failing = new Set(['a']);
  const { follower, asked, clock } = follow(failing);
  follower.adopt(planOf(1, 'a'));
  await waitUntil('a timer for the next try', () => clock.pending === 1);
  clock.advance(15_000);
  await waitUntil('a second failure', () => asked.length === 2 && clock.pending === 1);
  failing.clear();
  clock.advance(15_000);
  await waitUntil('lists', () => follower.lists?.version === 'a');
  expect([asked.length, clock.pending]).toEqual([3, 0]);
});

test('a newer plan ends the tries for the older one, and stopping ends all', async () => {
  const { follower, asked, clock } = follow(new Set(['a', 'b']));
  follower.adopt(planOf(1, 'a'));
  await waitUntil('a timer', () => clock.pending === 1);
  follower.adopt(planOf(2, 'b'));
  await waitUntil('another timer', () => clock.pending === 1 && asked.length === 2);
  follower.stop();
  expect(clock.pending).toBe(0);
  follower.adopt(planOf(3, 'c'));
  expect(asked).toEqual(['a', 'b']);
});
