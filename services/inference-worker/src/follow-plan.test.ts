import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { AppError } from '@reelay/shared/runtime';
import { createManualClock, waitUntil } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { createModelShelf } from './follow-plan.ts';
import type { LoadedModel } from './load-model.ts';
import { createWorkerMetrics } from './metrics.ts';

const planOf = (epoch: number, stable: string | null, rest: Partial<Plan> = {}): Plan => ({
  ...emptyPlan,
  epoch,
  stable,
  ...rest,
});

function openShelf() {
  const clock = createManualClock();
  const failing = new Set<string>();
  const loads: string[] = [];
  /** What the shelf held at the moment of each load. */
  const held: string[][] = [];
  const load = async (version: string): Promise<LoadedModel> => {
    loads.push(version);
    held.push(shelf.versions);
    await Promise.resolve();
    if (failing.has(version)) throw new AppError('ARTIFACT_CORRUPT', 'damaged');
    return { version, catalogue: [] } as unknown as LoadedModel;
  };
  let dropped = 0;
  const onDropped = (): void => void (dropped += 1);
  const registry = createRegistry();
  const metrics = createWorkerMetrics(registry, { versionsLoaded: () => shelf.versions.length });
  const versionsOf = ({ stable, canary }: Plan) => [stable, canary].filter((version) => version !== null);
  const log = createMemoryLogger().log;
  const shelf = createModelShelf({ load, versionsOf, keepOldMs: 10_000, onDropped, metrics, log, clock });
  return { shelf, clock, failing, loads, held, registry, dropped: () => dropped };
}

test('the versions of the plan are loaded', async () => {
  const { shelf } = openShelf();
  shelf.adopt(planOf(1, 'a', { canary: 'b' }));
  await shelf.settled();
  expect(shelf.versions).toEqual(['a', 'b']);
});

test('the old version stays until the new one is there, and some time for jobs on their way', async () => {
  const { shelf, clock, held } = openShelf();
  shelf.adopt(planOf(1, 'a'));
  await shelf.settled();
  shelf.adopt(planOf(2, 'b'));
  expect(shelf.versions).toEqual(['a']);
  await shelf.settled();
  expect([held.at(-1), shelf.versions]).toEqual([['a'], ['a', 'b']]);
  clock.advance(9_999);
  expect(shelf.versions).toEqual(['a', 'b']);
  clock.advance(1);
  expect(shelf.versions).toEqual(['b']);
});

test('a lower or equal epoch changes nothing', async () => {
  const { shelf, loads } = openShelf();
  shelf.adopt(planOf(2, 'b'));
  shelf.adopt(planOf(1, 'a'));
  shelf.adopt(planOf(2, 'c'));
  await shelf.settled();
  expect(loads).toEqual(['b']);
});

test('a load that fails keeps what is there and is tried again until it succeeds', async () => {
  const { shelf, clock, failing, loads, registry } = openShelf();
  shelf.adopt(planOf(1, 'a'));
  await shelf.settled();
  failing.add('b');
  shelf.adopt(planOf(2, 'b'));
  await shelf.settled();
  clock.advance(60_000);
  await waitUntil('a second failure', () => loads.length === 3 && clock.pending === 1);
  expect(shelf.versions).toEqual(['a']);
  expect(await registry.metrics()).toContain('reelay_worker_model_loads_total{outcome="failed"} 2');
  failing.clear();
  clock.advance(60_000);
  await waitUntil('the new version', () => shelf.versions.includes('b'));
});

test('a failing canary does not keep stable from being loaded', async () => {
  const { shelf, failing } = openShelf();
  failing.add('b');
  shelf.adopt(planOf(1, 'a', { canary: 'b' }));
  await shelf.settled();
  expect(shelf.versions).toEqual(['a']);
});

test('a withdrawn version is gone at once', async () => {
  const { shelf } = openShelf();
  shelf.adopt(planOf(1, 'a', { canary: 'b' }));
  await shelf.settled();
  shelf.adopt(planOf(2, 'a', { withdrawn: ['b'] }));
  expect(shelf.versions).toEqual(['a']);
});

test('after a stop nothing is loaded or dropped any more', async () => {
  const { shelf, clock, loads } = openShelf();
  shelf.adopt(planOf(1, 'a'));
  shelf.stop();
  shelf.adopt(planOf(2, 'b'));
  await shelf.settled();
  expect([clock.pending, loads]).toEqual([0, []]);
});

test('who holds the memory is told when the first models stand and once for all that is dropped, and not when nothing is', async () => {
  const { shelf, clock, failing, dropped } = openShelf();
  failing.add('x');
  shelf.adopt(planOf(1, 'x'));
  await shelf.settled();
  expect(dropped()).toBe(0);
  shelf.adopt(planOf(2, 'a', { canary: 'b' }));
  await shelf.settled();
  expect(dropped()).toBe(1);
  clock.advance(10_000);
  shelf.adopt(planOf(3, 'c'));
  await shelf.settled();
  expect(dropped()).toBe(1);
  clock.advance(10_000);
  expect([shelf.versions, dropped()]).toEqual([['c'], 2]);
  shelf.adopt(planOf(4, 'd', { withdrawn: ['c', 'a'] }));
  expect(dropped()).toBe(3);
});
