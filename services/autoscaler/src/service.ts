import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import type { Logger, Registry } from '@reelay/shared/observability';
import { createService, messageOf, within, type Clock, type Service } from '@reelay/shared/runtime';
import type { AutoscalerConfig } from './config.ts';
import { createLeadership } from './lead-alone.ts';
import { createAutoscalerMetrics } from './metrics.ts';
import { pools, type Pool } from './pools.ts';
import { createScaledPool, type PoolBounds, type PoolView } from './scale-pool.ts';
import type { Scaler, Worker } from './scaler.ts';

export interface AutoscalerDeps {
  config: AutoscalerConfig;
  queue: Pick<WorkQueue<unknown>, 'depth'>;
  slices: Pick<SliceQueue, 'ready'>;
  /** Says whether a canary runs; without it none does. */
  plans?: Pick<Plans, 'watch'>;
  scaler: Scaler;
  log: Logger;
  registry: Registry;
  clock: Clock;
  /** A page of metrics by the base URL of an admin port; over HTTP unless told. */
  readPage?(base: string): Promise<string>;
}

export interface AutoscalerView {
  /** False when another autoscaler acts; its figures are then the true ones. */
  leading: boolean;
  pools: PoolView[];
  workers: Worker[];
}

export interface Autoscaler extends Service {
  /** One look at each pool; nothing when another autoscaler leads. */
  round(): Promise<void>;
  view(): Promise<AutoscalerView>;
  bound(pool: Pool, bounds: PoolBounds): void;
  /** False when the last round failed, or before the first. */
  healthy(): boolean;
}

/** A page of metrics that is not there by then is a page that nobody sends. */
const readWithinMs = 800;

/**
 * Watches the workers and keeps as many as the load needs. Stopping it leaves them as they are. Of several on the same folder one acts, and another
 * takes over when it ends.
 */
export function createAutoscaler(deps: AutoscalerDeps): Autoscaler {
  const { config, queue, slices, scaler, log, registry, clock, readPage = fetchPage } = deps;
  const metrics = createAutoscalerMetrics(registry);
  mkdirSync(config.WORKERS_DIR, { recursive: true });
  const leadership = createLeadership(join(config.WORKERS_DIR, 'leader.db'));
  const sources = {
    readPage: (base: string) => within(readWithinMs, 'a page of metrics', readPage(base)),
    queue,
    slices,
    gateways: config.GATEWAY_ADMIN_URLS,
    nowMs: () => clock.monotonicMs(),
  };
  let canary: string | null = null;
  const canaryRuns = (): boolean => canary !== null;
  const parts = { config, scaler, sources, metrics, log, clock, canaryRuns };
  const scaled = pools.map((pool) => createScaledPool({ pool, ...parts }));
  let healthy: boolean | undefined;
  let leading = false;

  const service = createService('autoscaler', async (own) => {
    const watching = await deps.plans?.watch((plan) => (canary = plan.canary));
    own(() => watching?.stop());
    const life = new AbortController();
    const running = loop(life.signal);
    own(async () => {
      life.abort();
      await running;
      leadership.resign();
      leading = false;
    });
  });

  async function loop(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await round().catch(() => {}); // told by `counted`, tried again
      await clock.sleep(config.SAMPLE_MS, signal);
    }
  }

  async function round(): Promise<void> {
    lead();
    if (!leading) return;
    try {
      const living = await scaler.list();
      for (const pool of scaled) await pool.look(living);
      healthy = true;
    } catch (error) {
      if (healthy !== false) log.error({ error: messageOf(error) }, 'a look at the workers failed; tried again');
      healthy = false;
      throw error;
    }
  }

  function lead(): void {
    const before = leading;
    leading = leadership.lead();
    metrics.leading.set(Number(leading));
    if (leading !== before) log.info({ leading }, leading ? 'this autoscaler acts' : 'another autoscaler acts');
    if (!leading) healthy = true;
  }

  return {
    ...service,
    round,
    healthy: () => healthy === true,
    bound: (pool, bounds) => scaled[pools.indexOf(pool)].bound(bounds),
    view: async () => ({ leading, pools: scaled.map((pool) => pool.view()), workers: await scaler.list() }),
  };
}

async function fetchPage(base: string): Promise<string> {
  const response = await fetch(new URL('/metrics', base), { signal: AbortSignal.timeout(readWithinMs) });
  return response.text();
}
