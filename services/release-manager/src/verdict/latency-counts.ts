/** Upper edges in milliseconds, each 5 % above the last: 1 ms to 10 s, and what is beyond. Dropped jobs count as their budget. */
export const latencyEdges: readonly number[] = Array.from({ length: 190 }, (_, at) => 1.05 ** at);

/** Time from publishing a job to the arrival of its answer at the gateway: answers by bucket, and their sums for the mean. */
export interface LatencyCounts {
  counts: number[];
  sumMs: number;
  sumSquaresMs: number;
}

export const noLatencies = (): LatencyCounts => ({
  counts: Array.from({ length: latencyEdges.length + 1 }, () => 0),
  sumMs: 0,
  sumSquaresMs: 0,
});

export const bucketOf = (ms: number): number =>
  ms <= 1 ? 0 : Math.min(latencyEdges.length, Math.ceil(Math.log(ms) / Math.log(1.05)));

export function addLatency(latencies: LatencyCounts, ms: number): void {
  latencies.counts[bucketOf(ms)]++;
  latencies.sumMs += ms;
  latencies.sumSquaresMs += ms * ms;
}

export const answersIn = ({ counts }: LatencyCounts): number => counts.reduce((sum, count) => sum + count, 0);

/** The latency that a share of the answers does not exceed, interpolated within its bucket; NaN of nothing. */
export function quantileMs(latencies: LatencyCounts, share: number): number {
  const wanted = share * answersIn(latencies);
  let below = 0;
  for (const [at, count] of latencies.counts.entries()) {
    if (count > 0 && below + count >= wanted) return edgeBelow(at) + ((wanted - below) / count) * width(at);
    below += count;
  }
  return Number.NaN;
}

/** Answers that took longer than `ms`, interpolated within the bucket that it falls into. */
export function answersAbove({ counts }: LatencyCounts, ms: number): number {
  const bucket = bucketOf(ms);
  const beyond = counts.slice(bucket + 1).reduce((sum, count) => sum + count, 0);
  return beyond + counts[bucket] * Math.min(1, Math.max(0, 1 - (ms - edgeBelow(bucket)) / width(bucket)));
}

export function meanMs(latencies: LatencyCounts): { mean: number; variance: number } {
  const n = answersIn(latencies);
  const mean = latencies.sumMs / n;
  return { mean, variance: Math.max(0, latencies.sumSquaresMs / n - mean * mean) / n };
}

const edgeBelow = (bucket: number): number => (bucket === 0 ? 0 : latencyEdges[bucket - 1]);
const width = (bucket: number): number =>
  bucket === latencyEdges.length ? edgeBelow(bucket) * 0.05 : latencyEdges[bucket] - edgeBelow(bucket);
