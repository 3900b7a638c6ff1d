import type { Logger } from '@reelay/shared/observability';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import type { AutoscalerConfig } from './config.ts';
import { compareSamples } from './compare-samples.ts';
import { decideWorkers, startPolicy, type Decision, type PolicySettings, type PolicyState } from './decide-workers.ts';
import { createKeeper } from './keep-workers.ts';
import { showChange, type AutoscalerMetrics } from './metrics.ts';
import type { Pool } from './pools.ts';
import type { Scaler, Worker } from './scaler.ts';
import { soundSignals, type WorkerSignals } from './signals.ts';
import { takeSample, type PoolSample, type SampleDeps } from './take-sample.ts';

export interface PoolDeps {
  pool: Pool;
  config: AutoscalerConfig;
  scaler: Scaler;
  sources: SampleDeps;
  metrics: AutoscalerMetrics;
  log: Logger;
  clock: Clock;
  /** A canary runs: each slot needs a worker. */
  canaryRuns?(): boolean;
}

export interface PoolBounds {
  least: number;
  most: number;
}

export interface PoolView {
  pool: Pool;
  wanted: number;
  bounds: PoolBounds;
  crashLoop: boolean;
  reason: string;
  signals: WorkerSignals | null;
}

export interface ScaledPool {
  /** One look: samples, decision, and the workers brought to it. */
  look(living: readonly Worker[]): Promise<void>;
  /** New bounds from now on; a crash loop ends by it. */
  bound(bounds: PoolBounds): void;
  view(): PoolView;
}

/** One pool of workers under the policy. What it knows is in memory: a new one begins with the workers that it finds. */
export function createScaledPool(deps: PoolDeps): ScaledPool {
  const { pool, config, scaler, sources, metrics, log, clock } = deps;
  const settings = policySettings(pool, config);
  let state: PolicyState | undefined;
  let samples: PoolSample[] = [];
  let signals: WorkerSignals | null = null;
  let reason = 'kept';
  const keeper = createKeeper({
    pool,
    scaler,
    clock,
    onDeath(worker, livedMs) {
      metrics.deaths.inc({ pool });
      log.warn({ pool, worker: worker.id, livedMs }, 'a worker died');
    },
    onCrashLoop: (deaths) =>
      log.error({ pool, deaths }, 'workers die right after their start; none is started any more'),
    onProblem: (error) => log.error({ pool, error: messageOf(error) }, 'a worker could not be started or drained'),
  });

  /** The signals of the last window; the oldest sample of it is what the newest is compared with. */
  function compare(newest: PoolSample): WorkerSignals {
    samples = [...samples, newest].filter(({ atMs }) => newest.atMs - atMs <= config.WINDOW_MS * 1.5);
    const older = samples.find(({ atMs }) => newest.atMs - atMs <= config.WINDOW_MS * 1.1) ?? newest;
    return compareSamples(older, newest, signals?.serviceRate ?? null);
  }

  function adopt(decision: Decision, before: PolicyState): void {
    state = decision.state;
    metrics.blind.set({ pool }, Number(decision.need === null));
    if (decision.state.wanted === before.wanted) return;
    reason = decision.reason;
    showChange(metrics, pool, decision.reason);
    const { wanted } = decision.state;
    log.info(
      { pool, from: before.wanted, to: wanted, reason, need: decision.need, signals },
      'number of workers changed',
    );
  }

  /** While a canary runs, one worker for each slot at least, where the bounds let there be two. */
  const wantedNow = (): number => {
    const slots = pool === 'single' && deps.canaryRuns?.() === true ? Math.min(2, settings.most) : 0;
    return Math.max(state?.wanted ?? 0, slots);
  };

  return {
    async look(living) {
      const own = living.filter((worker) => worker.pool === pool);
      const running = own.filter((worker) => worker.state === 'running').length;
      const before = (state ??= startPolicy(Math.min(settings.most, Math.max(settings.least, running))));
      signals = soundSignals(compare(await takeSample(pool, living, sources)));
      adopt(decideWorkers(before, signals, clock.monotonicMs(), settings), before);
      await keeper.keep(wantedNow(), own, { alone: settings.most === 1 });
      metrics.wanted.set({ pool }, wantedNow());
      metrics.running.set({ pool }, running);
      metrics.draining.set({ pool }, own.length - running);
      metrics.crashLoop.set({ pool }, Number(keeper.crashLoop));
    },
    bound({ least, most }) {
      Object.assign(settings, { least, most });
      keeper.resume();
    },
    view: () => ({
      pool,
      wanted: wantedNow(),
      bounds: { least: settings.least, most: settings.most },
      crashLoop: keeper.crashLoop,
      reason,
      signals,
    }),
  };
}

const policySettings = (pool: Pool, config: AutoscalerConfig): PolicySettings => ({
  least: pool === 'single' ? config.WORKERS_MIN : config.BATCH_WORKERS_MIN,
  most: pool === 'single' ? config.WORKERS_MAX : config.BATCH_WORKERS_MAX,
  intervalMs: config.CHANGE_INTERVAL_MS,
  coolDownMs: config.COOL_DOWN_MS,
  targetBusy: config.TARGET_BUSY,
  upBusy: config.UP_BUSY,
  downBusy: config.DOWN_BUSY,
  clearWithinSeconds: pool === 'single' ? config.CLEAR_WITHIN_SECONDS : config.BATCH_CLEAR_WITHIN_SECONDS,
  lateShareMax: config.LATE_SHARE_MAX,
  lateBusyLeast: 0.5,
});
