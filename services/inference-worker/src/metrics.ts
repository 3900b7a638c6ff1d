import { Counter, Gauge, Histogram, type Registry } from '@reelay/shared/observability';

export type WorkerMetrics = ReturnType<typeof createWorkerMetrics>;

/** What became of a job. `dropped`: a store was away and the job's time over. */
type JobOutcome = 'scored' | 'expired' | 'version_not_loaded' | 'history_lost' | 'rejected' | 'dropped';

export function createWorkerMetrics(registry: Registry, figures: { versionsLoaded(): number }) {
  const registers = [registry];
  const jobs = new Counter<'outcome'>({
    name: 'reelay_worker_jobs_total',
    help: 'Jobs by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    versionsLoaded: new Gauge({
      name: 'reelay_worker_versions_loaded',
      help: 'Model versions that can answer.',
      registers,
      collect() {
        this.set(figures.versionsLoaded());
      },
    }),
    countJobs: (outcome: JobOutcome, count = 1): void => jobs.inc({ outcome }, count),
    batchSize: new Histogram({
      name: 'reelay_worker_batch_jobs',
      help: 'Jobs in a batch.',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers,
    }),
    queueWait: new Histogram({
      name: 'reelay_worker_queue_wait_seconds',
      help: 'Time from the making of a request to the hand of its worker, by the clocks of both hosts.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.35, 0.6],
      registers,
    }),
    busySeconds: new Counter({
      name: 'reelay_worker_busy_seconds_total',
      help: 'Time spent computing lists; its growth per second is the busy fraction.',
      registers,
    }),
    inHandSeconds: new Counter({
      name: 'reelay_worker_in_hand_seconds_total',
      help: 'Seconds times jobs in hand; over the concurrency, its growth per second is the share of capacity in use.',
      registers,
    }),
    concurrency: new Gauge({
      name: 'reelay_worker_concurrency',
      help: 'Jobs that may be in hand at once.',
      registers,
    }),
    loads: new Counter<'outcome'>({
      name: 'reelay_worker_model_loads_total',
      help: 'Attempts to load a model version.',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
