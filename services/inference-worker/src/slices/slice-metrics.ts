import type { JobOutcome } from '@reelay/shared/contracts';
import { Counter, Histogram, type Registry } from '@reelay/shared/observability';

/** `over`: somebody else had finished it, or its job was cancelled. `released`: its worker stops. */
type SliceEnd = 'done' | 'over' | 'released' | 'again' | 'dead';

export type SliceMetrics = ReturnType<typeof createSliceMetrics>;

export function createSliceMetrics(registry: Registry) {
  const registers = [registry];
  const slices = new Counter<'outcome'>({
    name: 'reelay_worker_slices_total',
    help: 'Slices of large jobs by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  const users = new Counter<'outcome'>({
    name: 'reelay_worker_slice_users_total',
    help: 'Users of finished slices by what they got.',
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'reelay_worker_slice_seconds',
    help: 'Time from taking a slice to its end, waiting for single requests and stores included.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  });
  return {
    countSlice: (outcome: SliceEnd): void => slices.inc({ outcome }),
    countUsers: (outcome: JobOutcome, count: number): void => users.inc({ outcome }, count),
    observeSlice: (tookSeconds: number): void => seconds.observe(tookSeconds),
  };
}
