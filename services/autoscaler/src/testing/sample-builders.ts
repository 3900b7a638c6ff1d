import type { GatewayCounters, PoolSample, WorkerCounters } from '../take-sample.ts';

export const noWork: WorkerCounters = { done: 0, expired: 0, computeSeconds: 0, inHandSeconds: 0, concurrency: 1 };

/** A sample at a time, with the workers and gateways given. */
export const aSample = (
  atMs: number,
  workers: Record<string, Partial<WorkerCounters>> = {},
  gateways: Record<string, GatewayCounters> = {},
  depth: PoolSample['depth'] = { ready: 0, inHand: 0 },
): PoolSample => ({
  atMs,
  running: Object.keys(workers).length,
  workers: new Map(Object.entries(workers).map(([id, counters]) => [id, { ...noWork, ...counters }])),
  gateways: new Map(Object.entries(gateways)),
  depth,
});
