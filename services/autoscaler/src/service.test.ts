import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPlan, type Plan } from '@reelay/shared/contracts';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createManualClock } from '@reelay/shared/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { autoscalerRoutes } from './admin-routes.ts';
import { autoscalerConfig } from './config.ts';
import type { Scaler, Worker } from './scaler.ts';
import { createAutoscaler } from './service.ts';
import { createGatewayPage, createWorkerPage } from './testing/metric-pages.ts';

let folder: string;
let servers: Server[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelay-autoscaler-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(folder, { recursive: true, force: true });
});

/** A page of metrics that a test changes as it goes. */
async function servePage(page: () => string | undefined): Promise<string> {
  const server = createServer((_request, response) => {
    const text = page();
    if (text === undefined) response.destroy();
    else response.end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An autoscaler whose workers are entries of a list and share the load that the test sets. */
async function aPlatform(settings: Record<string, string> = {}) {
  const clock = createManualClock();
  const load = { perSecond: 20, silent: false, slices: 0 };
  const counts = { model: 0, timeout: 0, scored: 0, busySeconds: 0 };
  let workers: Worker[] = [];
  const workerPage = await servePage(() =>
    load.silent
      ? undefined
      : createWorkerPage({
          scored: counts.scored,
          expired: 0,
          computeSeconds: counts.busySeconds,
          inHandSeconds: 0,
          concurrency: 1,
        }),
  );
  const gatewayPage = await servePage(() =>
    load.silent ? undefined : createGatewayPage({ ...counts, cache: 0, overload: 0, historyLost: 0 }),
  );
  const scaler: Scaler = {
    list: async () => workers,
    start: async (pool, place) => {
      const worker: Worker = {
        id: `w${workers.length}`,
        pool,
        place,
        state: 'running',
        admin: workerPage,
        startedAtMs: clock.now(),
      };
      workers = [...workers, worker];
      return worker;
    },
    drain: async (id) => void (workers = workers.filter((worker) => worker.id !== id)),
  };
  const config = autoscalerConfig.parse({
    WORKER_PROGRAM: 'none',
    WORKERS_DIR: folder,
    GATEWAY_ADMIN_URLS: gatewayPage,
    ...settings,
  });
  let hear: (plan: Plan) => void = () => {};
  const deps = {
    config,
    queue: { depth: async () => ({ ready: 0, inHand: 0, consumers: workers.length }) },
    slices: { ready: async () => load.slices },
    plans: {
      watch: async (onPlan: (plan: Plan) => void) => {
        hear = onPlan;
        return { stop: async () => {} };
      },
    },
    scaler,
    log: createLogger('autoscaler', { level: 'silent' }),
    clock,
  };
  const create = () => createAutoscaler({ ...deps, registry: createRegistry() });
  const autoscaler = create();
  /** Seconds of load, a look each; all workers' pages are one, so it holds the mean of them. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      const running = Math.max(1, workers.length);
      const done = Math.min(load.perSecond, running * 50);
      counts.model += done;
      counts.timeout += load.perSecond - done;
      counts.scored += done / running;
      counts.busySeconds += Math.min(1, done / running / 50);
      clock.advance(1_000);
      await autoscaler.round();
    }
  };
  return {
    autoscaler,
    create,
    load,
    pass,
    alive: () => workers.length,
    places: () => workers.map(({ place }) => place),
    announce: (plan: Partial<Plan>) => hear({ ...emptyPlan, ...plan }),
    poolsAlive: () => {
      const of = (pool: string) => workers.filter((worker) => worker.pool === pool).length;
      return { single: of('single'), batch: of('batch') };
    },
    kill: () => void (workers = workers.slice(1)),
  };
}

describe('the autoscaler', () => {
  test('follows a step of the load up, and down after the cool-down', async () => {
    const { load, pass, alive } = await aPlatform();
    await pass(10);
    expect(alive()).toBe(1);
    load.perSecond = 240;
    await pass(10);
    expect(alive()).toBe(7);
    load.perSecond = 20;
    await pass(25);
    expect(alive()).toBe(7);
    await pass(15);
    expect(alive()).toBe(1);
  });

  test('while a canary runs each slot has a worker, and afterwards what the load needs', async () => {
    const { autoscaler, pass, places, announce } = await aPlatform();
    await autoscaler.start();
    await pass(10);
    expect(places()).toEqual([0]);
    announce({ epoch: 2, stable: 'a', canary: 'b', share: 0.2 });
    await pass(1);
    expect(places()).toEqual([0, 1]);
    announce({ epoch: 3, stable: 'b' });
    await pass(1);
    expect(places()).toEqual([0]);
    await autoscaler.stop();
  });

  test('where there may be one worker only, it has no place: it serves both slots', async () => {
    const { autoscaler, pass, places, announce } = await aPlatform({ WORKERS_MAX: '1' });
    await autoscaler.start();
    announce({ epoch: 2, stable: 'a', canary: 'b', share: 0.2 });
    await pass(5);
    expect(places()).toEqual([null]);
    await autoscaler.stop();
  });

  test('keeps what is while nobody tells it anything, and replaces the dead meanwhile', async () => {
    const { autoscaler, load, pass, alive, kill } = await aPlatform();
    load.perSecond = 240;
    await pass(15);
    load.silent = true;
    load.perSecond = 0;
    await pass(60);
    expect(alive()).toBe(7);
    kill();
    await pass(10);
    expect(alive()).toBe(7);
    expect((await autoscaler.view()).pools[0].signals).toMatchObject({ busyFraction: null, arrivalRate: null });
  });

  test('slices get a worker of their own while there are some', async () => {
    const { load, pass, poolsAlive } = await aPlatform();
    await pass(3);
    expect(poolsAlive()).toEqual({ single: 1, batch: 0 });
    load.slices = 40;
    await pass(3);
    expect(poolsAlive()).toEqual({ single: 1, batch: 1 });
    load.slices = 0;
    await pass(40);
    expect(poolsAlive()).toEqual({ single: 1, batch: 0 });
  });

  test('bounds set by a person hold from the next look', async () => {
    const { autoscaler, pass, alive } = await aPlatform();
    const routes = autoscalerRoutes(autoscaler);
    await pass(3);
    await routes['POST /admin/workers']({ min: 3, max: 3 }, {});
    await pass(2);
    expect(alive()).toBe(3);
    expect(() => routes['POST /admin/workers']({ min: 3, max: 2 }, {})).toThrow('min is above max');
  });

  test('a second one looks on, and acts when the first is stopped; the workers stay', async () => {
    const { autoscaler, create, pass, alive } = await aPlatform();
    await pass(2);
    await autoscaler.start();
    const second = create();
    await second.round();
    expect([(await autoscaler.view()).leading, (await second.view()).leading]).toEqual([true, false]);
    await autoscaler.stop();
    expect(alive()).toBe(1);
    await second.start();
    expect((await second.view()).leading).toBe(true);
    await second.stop();
  });
});
