import type { Track } from '@reelay/shared/contracts';
import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import type { Asked, Question } from './ask-worker.ts';
import { createBreaker } from './path-breaker.ts';
import { createWorkerPath } from './worker-path.ts';

function openPath() {
  const clock = createManualClock();
  const state = { queueUp: true, workers: new Set<Track>(['stable', 'canary']), asked: 'TIMEOUT' as Asked };
  const breakers = { stable: createBreaker({ clock }), canary: createBreaker({ clock }) };
  const path = createWorkerPath({
    queue: { isUp: () => state.queueUp },
    desk: { ask: async () => state.asked, settle: () => 0, waiting: 0 },
    workers: { has: (track) => state.workers.has(track) },
    breakers,
    fairTimeMs: 175,
  });
  const question = (change: Partial<Question> = {}): Question => ({
    requestId: 'r',
    userId: 42,
    route: stable,
    historyVersion: 0,
    count: 20,
    timeLeftMs: 350,
    ...change,
  });
  const ask = async (times: number, change?: Partial<Question>) => {
    for (let at = 0; at < times; at++) await path.ask(question(change));
  };
  return { clock, state, path, ask, breakers };
}
const stable = { track: 'stable', version: '1-aaaaaa' } as const;
const canary = { track: 'canary', version: '1-aaaaaa' } as const;

test('where all is well the wanted route is taken', () => {
  expect(openPath().path.reach(stable)).toEqual({ route: stable });
});

test('a track without workers is served by those of the other, with the same version', () => {
  const { path, state } = openPath();
  state.workers.delete('stable');
  expect(path.reach(stable)).toEqual({ route: canary });
  state.workers.clear();
  expect([path.reach(stable), path.isOpen]).toEqual([{ route: 'NO_WORKER' }, false]);
  state.workers.add('stable');
  expect(path.reach(stable)).toEqual({ route: stable });
});

test('a queue that is away is not asked, whatever else is known', () => {
  const { path, state } = openPath();
  state.queueUp = false;
  expect([path.reach(stable), path.isOpen]).toEqual([{ route: 'QUEUE_DOWN' }, false]);
});

test('workers that do not answer are not waited for; the other track is, and one question a while goes behind', async () => {
  const { path, ask, clock } = openPath();
  await ask(5);
  expect(path.reach(stable)).toEqual({ route: canary });
  await ask(5, { route: canary });
  expect([path.reach(stable), path.isOpen]).toEqual([{ route: 'BREAKER_OPEN' }, false]);
  clock.advance(200);
  expect(path.reach(stable)).toEqual({ route: 'BREAKER_OPEN', trial: stable });
  expect(path.reach(stable)).toEqual({ route: 'BREAKER_OPEN' });
});

test('an answer, even one with a problem, opens the way again', async () => {
  const { path, ask, state } = openPath();
  await ask(5);
  const history = { items: 0, version: 0 };
  state.asked = { requestId: 'r', userId: 42, modelVersion: 'x', history, items: [], problem: 'VERSION_NOT_LOADED' };
  await ask(1);
  expect(path.reach(stable)).toEqual({ route: stable });
});

test.each<[string, Asked, number]>([
  ['hurried callers', 'TIMEOUT', 100],
  ['full limits', 'OVERLOAD', 350],
  ['a lost connection, which tells by itself', 'QUEUE_DOWN', 350],
])('%s say nothing about workers', async (_what, asked, timeLeftMs) => {
  const { path, ask, state } = openPath();
  state.asked = asked;
  await ask(20, { timeLeftMs });
  expect(path.reach(stable)).toEqual({ route: stable });
});
