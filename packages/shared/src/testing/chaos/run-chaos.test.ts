import { beforeEach, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { countFaults, missedFaults } from './report-chaos.ts';
import { runChaos, type ChaosOptions, type ChaosTarget } from './run-chaos.ts';

let clock: ManualClock;
let events: string[];
beforeEach(() => {
  clock = createManualClock();
  events = [];
});

function fake(name: string, broken: Partial<ChaosTarget> = {}): ChaosTarget {
  const note = (what: string) => async () => void events.push(`${what} ${name}`);
  return {
    name,
    kill: note('kill'),
    stop: note('stop'),
    pause: note('pause'),
    resume: note('resume'),
    start: note('start'),
    ...broken,
  };
}

const options = (more: Partial<ChaosOptions> = {}): ChaosOptions => ({
  seed: 7,
  targets: [fake('broker'), fake('store')],
  faults: 12,
  spacing: [100, 200],
  lasts: [50, 60],
  hit: () => 3,
  clock,
  ...more,
});

/** Gives every promise that can settle its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Moves the clock until it is over; it stands after 100,000 moves. */
async function finish<T>(work: Promise<T>): Promise<T> {
  const state = { over: false };
  const done = work.finally(() => (state.over = true));
  done.catch(() => {});
  for (let moves = 0; !state.over && moves < 100_000; moves++) {
    clock.advance(10);
    await turn();
  }
  expect(state.over).toBe(true);
  return done;
}

test('every victim comes back, and each target bears each kind', async () => {
  const struck = await finish(runChaos(options()));
  expect(struck).toHaveLength(12);
  expect(countFaults(struck)).toEqual({
    'broker kill': 2,
    'broker pause': 2,
    'broker restart': 2,
    'store kill': 2,
    'store pause': 2,
    'store restart': 2,
  });
  for (const name of ['broker', 'store']) {
    const of = (what: string) => events.filter((event) => event === `${what} ${name}`).length;
    expect([of('kill'), of('stop'), of('start'), of('pause'), of('resume')]).toEqual([2, 2, 4, 2, 2]);
  }
  expect(struck.every(({ struckAtMs, backAtMs, lastsMs }) => backAtMs >= struckAtMs + lastsMs)).toBe(true);
});

test('one seed is one order of faults, another seed another', async () => {
  const orderOf = async (seed: number) => {
    events = [];
    await finish(runChaos(options({ seed })));
    return events.join();
  };
  const first = await orderOf(1);
  expect(await orderOf(1)).toBe(first);
  expect(await orderOf(2)).not.toBe(first);
});

test('a strike waits until something is under way', async () => {
  let lag = 0;
  const running = runChaos(options({ faults: 1, hit: () => lag }));
  for (; clock.monotonicMs() < 1_000; clock.advance(10)) await turn();
  expect(events).toEqual([]);
  lag = 5;
  const [fault] = await finish(running);
  expect(fault.hit).toBe(5);
});

test('a fault that hit nothing in time is told from one that hit', async () => {
  const hit = ({ target }: { target: string }) => (target === 'broker' ? 0 : 1);
  const struck = await finish(runChaos(options({ faults: 4, hit, hitWithinMs: 300 })));
  expect(missedFaults(struck).map(({ target }) => target)).toEqual(['broker', 'broker']);
});

test('a victim is not struck again while it is away, nor are more away than asked for', async () => {
  const away = new Set<string>();
  const most = { away: 0 };
  const leave = (name: string) => async () => {
    expect(away.has(name)).toBe(false);
    away.add(name);
    most.away = Math.max(most.away, away.size);
  };
  const targets = ['a', 'b', 'c'].map((name) => {
    const back = async () => void away.delete(name);
    return fake(name, { kill: leave(name), stop: leave(name), pause: leave(name), resume: back, start: back });
  });
  await finish(runChaos(options({ targets, faults: 40, spacing: [1, 5], lasts: [100, 400], atOnce: 2 })));
  expect(most.away).toBe(2);
  expect(away.size).toBe(0);
});

test('who does not come back fails the run with seed and fault, after the others are back', async () => {
  const start = () => Promise.reject(new Error('port taken'));
  const targets = [fake('held'), { ...fake('broken', { start }), kinds: ['kill'] as const }];
  const failed = await finish(runChaos(options({ seed: 41, targets, atOnce: 2 })).catch((error: unknown) => error));
  expect(String(failed)).toMatch(
    /chaos with seed 41 failed: fault \d+ \(kill broken\): it did not come back: port taken/,
  );
  const of = (what: string) => events.filter((event) => event === `${what} held`).length;
  expect(of('pause')).toBe(of('resume'));
  expect(of('kill') + of('stop')).toBe(of('start'));
});

test('when it is called off nothing more is struck, and who is away comes back at once', async () => {
  const end = new AbortController();
  const struck = await finish(
    runChaos(options({ lasts: [1e9, 1e9], signal: end.signal, onStrike: () => void setImmediate(() => end.abort()) })),
  );
  expect(struck).toHaveLength(1);
  expect(events).toHaveLength(2);
});

test('chaos without a target is refused', async () => {
  await expect(runChaos(options({ targets: [] }))).rejects.toThrow('needs a target');
});
