import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createKeeper } from './keep-workers.ts';
import type { Worker } from './scaler.ts';

/** A keeper over workers that exist in a list only. */
function aKeeper() {
  const clock = createManualClock();
  const told: string[] = [];
  let living: Worker[] = [];
  let born = 0;
  const scaler = {
    start: async (_pool: unknown, place: number | null): Promise<Worker> => {
      const worker: Worker = {
        id: `w${++born}`,
        pool: 'single',
        place,
        state: 'running',
        admin: '',
        startedAtMs: clock.now(),
      };
      living.push(worker);
      return worker;
    },
    drain: async (id: string) => {
      living = living.map((worker) => (worker.id === id ? { ...worker, state: 'draining' } : worker));
    },
  };
  const keeper = createKeeper({
    pool: 'single',
    scaler,
    clock,
    onDeath: ({ id }) => told.push(`${id} died`),
    onCrashLoop: (deaths) => told.push(`crash loop after ${deaths}`),
    onProblem: (error) => told.push(String(error)),
  });
  return {
    clock,
    told,
    keeper,
    scaler,
    keep: (wanted: number) => keeper.keep(wanted, living),
    ids: () => living.map(({ id, state }) => (state === 'running' ? id : `(${id})`)),
    kill: (id: string) => (living = living.filter((worker) => worker.id !== id)),
    started: () => born,
    places: () => living.map(({ id, place }) => [id, place] as const),
  };
}

test('missing workers are started, the newest of too many drained, and one that left when told to is not mourned', async () => {
  const { keep, ids, kill, told, clock } = aKeeper();
  await keep(2);
  clock.advance(1_000);
  await keep(3);
  await keep(1);
  expect(ids().filter((id) => id.startsWith('('))).toHaveLength(2);
  expect(ids()).toContain('(w3)');
  for (const id of ['w2', 'w3', 'w1'].filter((one) => ids().includes(`(${one})`))) kill(id);
  await keep(1);
  expect(ids()).toHaveLength(1);
  expect(told).toEqual([]);
});

test('a dead worker is replaced at once when it had lived, and after a pause when it had not', async () => {
  const { keep, kill, clock, ids, told } = aKeeper();
  await keep(1);
  clock.advance(60_000);
  await keep(1);
  kill('w1');
  await keep(1);
  expect(ids()).toEqual(['w2']);
  kill('w2');
  await keep(1);
  expect(ids()).toEqual([]);
  clock.advance(500);
  await keep(1);
  expect(ids()).toEqual(['w3']);
  expect(told).toEqual(['w1 died', 'w2 died']);
});

test('workers that die right after their start end the starting, until somebody says so', async () => {
  const { keep, kill, clock, keeper, told, started } = aKeeper();
  for (let death = 1; death <= 20; death++) {
    await keep(1);
    kill(`w${death}`);
    await keep(1);
    clock.advance(10_000);
  }
  expect(started()).toBe(5);
  expect(keeper.crashLoop).toBe(true);
  expect(told.at(-1)).toBe('crash loop after 5');
  keeper.resume();
  await keep(1);
  expect(started()).toBe(6);
});

test('kills among workers that live are no crash loop', async () => {
  const { keep, kill, clock, keeper, ids } = aKeeper();
  await keep(4);
  clock.advance(20_000);
  for (let round = 0; round < 30; round++) {
    await keep(4);
    kill(ids()[round % 4]);
    clock.advance(5_000);
  }
  await keep(4);
  expect({ crashLoop: keeper.crashLoop, alive: ids().length }).toEqual({ crashLoop: false, alive: 4 });
});

test('a worker that cannot be started is told, and tried again', async () => {
  const { keep, scaler, told, ids } = aKeeper();
  const { start } = scaler;
  scaler.start = () => Promise.reject(new Error('no memory'));
  await keep(1);
  scaler.start = start;
  await keep(1);
  expect({ told, alive: ids().length }).toEqual({ told: ['Error: no memory'], alive: 1 });
});

test('a canary worker that dies again and again is tried for ever, more and more slowly, and the others are replaced as before', async () => {
  const { keep, kill, clock, keeper, ids, started, places } = aKeeper();
  for (let second = 0; second < 300; second++) {
    await keep(2);
    for (const [id, place] of places()) if (place === 1) kill(id);
    clock.advance(1_000);
  }
  expect(keeper.crashLoop).toBe(false);
  expect(places().map(([, place]) => place)).toEqual([0]);
  expect(started()).toBeGreaterThan(20);
  expect(started()).toBeLessThan(80);
  kill(ids()[0]);
  await keep(2);
  expect(places().map(([, place]) => place)).toContain(0);
});

test('the first free places are taken, and the last ones given up', async () => {
  const { keep, kill, clock, ids, places } = aKeeper();
  await keep(3);
  expect(places().map(([, place]) => place)).toEqual([0, 1, 2]);
  clock.advance(60_000);
  await keep(3);
  kill('w1');
  await keep(3);
  expect(places()).toEqual([
    ['w2', 1],
    ['w3', 2],
    ['w4', 0],
  ]);
  await keep(2);
  expect(ids()).toEqual(['w2', '(w3)', 'w4']);
});
