import { tracks, type FallbackReason } from '@reelay/shared/contracts';
import type { QueueDepth, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import { readMetrics, sumOf, type MetricSample } from './read-metrics.ts';
import type { Pool } from './pools.ts';
import type { Worker } from './scaler.ts';

/** Counters of one worker since its start. */
export interface WorkerCounters {
  done: number;
  expired: number;
  computeSeconds: number;
  /** Seconds times jobs in hand. */
  inHandSeconds: number;
  concurrency: number;
}

/** Counters of one gateway since its start: requests that needed a worker, and those of them that got none in time. */
export interface GatewayCounters {
  needed: number;
  late: number;
}

/** Everything that was read at one moment about one pool; who did not answer is missing. */
export interface PoolSample {
  atMs: number;
  running: number;
  workers: ReadonlyMap<string, WorkerCounters>;
  gateways: ReadonlyMap<string, GatewayCounters>;
  depth: { ready: number; inHand: number | null } | null;
}

export interface SampleDeps {
  /** A page of metrics; rejects when nobody answers in time. */
  readPage(url: string): Promise<string>;
  queue: Pick<WorkQueue<unknown>, 'depth'>;
  slices: Pick<SliceQueue, 'ready'>;
  /** Base URLs of the gateways' admin ports. */
  gateways: readonly string[];
  nowMs(): number;
}

/** More workers would have helped these; a store or a broker that is away, or a missing model, is no matter of workers. */
export const lateReasons: readonly FallbackReason[] = ['TIMEOUT', 'OVERLOAD', 'NO_WORKER'];

/** Asks all workers of the pool, the gateways and the broker at once. */
export async function takeSample(pool: Pool, workers: readonly Worker[], deps: SampleDeps): Promise<PoolSample> {
  const running = workers.filter((worker) => worker.pool === pool && worker.state === 'running');
  const [counters, gateways, depth] = await Promise.all([
    readAll(running, ({ id, admin }) => [id, admin], countersOf[pool], deps),
    readAll(pool === 'single' ? deps.gateways : [], (url) => [url, url], gatewayCounters, deps),
    depthOf(pool, deps),
  ]);
  return { atMs: deps.nowMs(), running: running.length, workers: counters, gateways, depth };
}

async function readAll<T, C>(
  all: readonly T[],
  keyAndUrl: (one: T) => [key: string, url: string],
  counters: (samples: MetricSample[]) => C | undefined,
  { readPage }: SampleDeps,
): Promise<Map<string, C>> {
  const read = await Promise.all(
    all.map(async (one) => {
      const [key, url] = keyAndUrl(one);
      const page = await readPage(url).catch(() => undefined);
      const found = page === undefined ? undefined : counters(readMetrics(page));
      return found === undefined ? [] : [[key, found] as const];
    }),
  );
  return new Map(read.flat());
}

function workerCounters(samples: MetricSample[]): WorkerCounters | undefined {
  const jobs = (of: string[]) => sumOf(samples, 'reelay_worker_jobs_total', { label: 'outcome', of });
  const computeSeconds = sumOf(samples, 'reelay_worker_busy_seconds_total');
  if (computeSeconds === undefined) return undefined;
  return {
    done: jobs(['scored']) ?? 0,
    expired: jobs(['expired', 'dropped']) ?? 0,
    computeSeconds,
    inHandSeconds: sumOf(samples, 'reelay_worker_in_hand_seconds_total') ?? 0,
    concurrency: Math.max(1, sumOf(samples, 'reelay_worker_concurrency') ?? 1),
  };
}

/** A worker of slices has one in hand, and is busy for as long as it has. */
function sliceCounters(samples: MetricSample[]): WorkerCounters | undefined {
  const computeSeconds = sumOf(samples, 'reelay_worker_slice_seconds_sum');
  if (computeSeconds === undefined) return undefined;
  const done = sumOf(samples, 'reelay_worker_slice_seconds_count') ?? 0;
  return { done, expired: 0, computeSeconds, inHandSeconds: 0, concurrency: 1 };
}

const countersOf: Record<Pool, (samples: MetricSample[]) => WorkerCounters | undefined> = {
  single: workerCounters,
  batch: sliceCounters,
};

function gatewayCounters(samples: MetricSample[]): GatewayCounters | undefined {
  const model = sumOf(samples, 'reelay_gateway_answers_total', { label: 'outcome', of: ['model'] });
  const late = sumOf(samples, 'reelay_gateway_fallbacks_total', { label: 'reason', of: lateReasons }) ?? 0;
  return model === undefined ? undefined : { needed: model + late, late };
}

async function depthOf(pool: Pool, { queue, slices }: SampleDeps): Promise<PoolSample['depth']> {
  if (pool === 'batch') {
    const ready = await slices.ready().catch(() => undefined);
    return ready === undefined ? null : { ready, inHand: null };
  }
  const all = await Promise.all(tracks.map((slot) => queue.depth(slot).catch(() => undefined)));
  if (all.includes(undefined)) return null;
  const known = all as QueueDepth[];
  const inHand = known.map((one) => one.inHand);
  return {
    ready: known.reduce((sum, one) => sum + one.ready, 0),
    inHand: inHand.includes(null) ? null : inHand.reduce<number>((sum, one) => sum + (one ?? 0), 0),
  };
}
