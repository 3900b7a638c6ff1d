import { Counter, type Registry } from '@reelay/shared/observability';

/** `skipped`: the refresh before it was still running. */
type JobEvent = 'made' | 'done' | 'incomplete' | 'cancelled' | 'failed' | 'skipped';

export type JobMetrics = ReturnType<typeof createJobMetrics>;

export function createJobMetrics(registry: Registry) {
  const jobs = new Counter<'event'>({
    name: 'reelay_gateway_jobs_total',
    help: 'Jobs over many users by what happened to them.',
    labelNames: ['event'],
    registers: [registry],
  });
  const slices = new Counter({
    name: 'reelay_gateway_slices_published_total',
    help: 'Slices given to the queue, those that were given again included.',
    registers: [registry],
  });
  return {
    countJob: (event: JobEvent): void => jobs.inc({ event }),
    countSlices: (count: number): void => slices.inc(count),
  };
}
