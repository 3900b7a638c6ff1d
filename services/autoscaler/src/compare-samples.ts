import type { WorkerSignals } from './signals.ts';
import type { PoolSample, WorkerCounters } from './take-sample.ts';

/** Fewer jobs than this say nothing about how long one takes. */
const jobsForRate = 5;

/** What happened between two samples of a pool. `knownRate`: the last known jobs a second of one busy worker, kept while too little is done to tell. */
export function compareSamples(older: PoolSample, newer: PoolSample, knownRate: number | null): WorkerSignals {
  const seconds = (newer.atMs - older.atMs) / 1_000;
  const nothing = { ...unknown, running: newer.running, serviceRate: knownRate, ...depthSignals(newer) };
  if (!(seconds > 0)) return nothing;
  const workers = workedBetween(older, newer);
  const gateways = grownBetween(older.gateways, newer.gateways, ['needed', 'late'] as const);
  return {
    ...nothing,
    ...(workers.counted === 0 ? {} : workerSignals(workers, seconds, knownRate)),
    ...(gateways.counted === 0
      ? {}
      : { arrivalRate: gateways.needed / seconds, fallbackShare: share(gateways.late, gateways.needed) }),
  };
}

const unknown: Omit<WorkerSignals, 'running'> = {
  arrivalRate: null,
  serviceRate: null,
  busyFraction: null,
  expiredShare: null,
  fallbackShare: null,
  ready: null,
  unacknowledged: null,
};

const depthSignals = ({ depth }: PoolSample): Pick<WorkerSignals, 'ready' | 'unacknowledged'> => ({
  ready: depth?.ready ?? null,
  unacknowledged: depth?.inHand ?? null,
});

interface Worked {
  counted: number;
  done: number;
  expired: number;
  busySeconds: number;
}

function workerSignals({ counted, done, expired, busySeconds }: Worked, seconds: number, knownRate: number | null) {
  return {
    serviceRate: done >= jobsForRate && busySeconds > 0 ? done / busySeconds : knownRate,
    busyFraction: busySeconds / (seconds * counted),
    expiredShare: share(expired, expired + done),
  };
}

/**
 * A worker's busy time: what it computed, or the part of its capacity that was in hand, whichever is more. A worker of many jobs at once is limited
 * by the first, one that waits for something during each job by the second.
 */
function workedBetween(older: PoolSample, newer: PoolSample): Worked {
  const worked: Worked = { counted: 0, done: 0, expired: 0, busySeconds: 0 };
  for (const [id, now] of newer.workers) {
    const before = older.workers.get(id);
    if (before === undefined || startedAnew(before, now)) continue;
    worked.counted++;
    worked.done += now.done - before.done;
    worked.expired += now.expired - before.expired;
    const inHand = (now.inHandSeconds - before.inHandSeconds) / now.concurrency;
    worked.busySeconds += Math.max(now.computeSeconds - before.computeSeconds, inHand);
  }
  return worked;
}

const startedAnew = (before: WorkerCounters, now: WorkerCounters): boolean =>
  now.done < before.done || now.computeSeconds < before.computeSeconds || now.inHandSeconds < before.inHandSeconds;

function grownBetween<K extends string>(
  older: ReadonlyMap<string, Record<K, number>>,
  newer: ReadonlyMap<string, Record<K, number>>,
  names: readonly K[],
): Record<K | 'counted', number> {
  const grown = Object.fromEntries([...names, 'counted'].map((name) => [name, 0])) as Record<K | 'counted', number>;
  for (const [key, now] of newer) {
    const before = older.get(key);
    if (before === undefined || names.some((name) => now[name] < before[name])) continue;
    grown.counted++;
    for (const name of names) grown[name] += now[name] - before[name];
  }
  return grown;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
