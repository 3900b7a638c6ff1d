import type { RequestHour, TimeWindow, TruthLedger } from '@reelay/shared/storage';
import { readVersions, type VersionFigures } from './version-figures.ts';

/** Requests over some time as the simulator logged them. Every figure is null when there is nothing to take it from. */
export interface RequestFigures {
  /** Recommendation lines. */
  requests: number;
  /** Those with status 200. */
  ok: number;
  /** `ok / requests`. */
  availability: number | null;
  /** Latencies by nearest rank, over lines with status 200 alone: a request that failed after 5 ms was not quick. */
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  /** Minutes with requests of which none has status 200. */
  minutesDown: number;
}

export interface Availability extends RequestFigures {
  /** What was looked at: `from` belongs to it, `to` does not. ISO, UTC. */
  from: string;
  to: string;
  /** Different lists among the answers with status 200. */
  distinctLists: number;
  /** `distinctLists / requests`: the share that was not the same list for everybody. */
  personalisedShare: number | null;
  /** By the model version of our own receipts. */
  versions: VersionFigures[];
  /** Hours that have requests, in order. `hour` is the first second, ISO, UTC. */
  hours: ({ hour: string } & RequestFigures)[];
}

/** Reads a window of the ledger hour by hour, and its answers page by page. */
export async function readAvailability(ledger: TruthLedger, window: TimeWindow): Promise<Availability> {
  const all: RequestHour[] = [];
  await ledger.requestHours(window, (hours) => void all.push(...hours));
  const figures = figuresOf(all);
  const { distinctLists, versions } = await readVersions(ledger, window);
  return {
    from: isoTime(window.from),
    to: isoTime(window.to),
    ...figures,
    distinctLists,
    personalisedShare: shareOf(distinctLists, figures.requests),
    versions,
    hours: all.map((hour) => ({ hour: isoTime(hour.hour), ...figuresOf([hour]) })),
  };
}

/** Figures of some hours together. Counts by latency add up, so that percentiles stay exact over any number of hours. */
export function figuresOf(hours: RequestHour[]): RequestFigures {
  const lines = new Map<number, number>();
  for (const { latencies } of hours) {
    for (const one of latencies) lines.set(one.latencyMs, (lines.get(one.latencyMs) ?? 0) + one.lines);
  }
  const ascending = [...lines].sort(([a], [b]) => a - b);
  const requests = sum(hours.map((hour) => hour.requests));
  const ok = sum([...lines.values()]);
  return {
    requests,
    ok,
    availability: shareOf(ok, requests),
    p50Ms: nearestRank(ascending, ok, 50),
    p95Ms: nearestRank(ascending, ok, 95),
    p99Ms: nearestRank(ascending, ok, 99),
    minutesDown: sum(hours.map((hour) => hour.minutesDown)),
  };
}

/**
 * Nearest rank: of `count` values in ascending order the one at place ⌈percent · count / 100⌉, counted from 1. It is always a
 * value that occurred, and at least `percent` % of all are not above it.
 */
function nearestRank(ascending: [value: number, times: number][], count: number, percent: number): number | null {
  const rank = Math.ceil((percent * count) / 100);
  let passed = 0;
  for (const [value, times] of ascending) {
    passed += times;
    if (passed >= rank) return value;
  }
  return null;
}

export const isoTime = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');

export const shareOf = (part: number, of: number): number | null => (of === 0 ? null : part / of);

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
