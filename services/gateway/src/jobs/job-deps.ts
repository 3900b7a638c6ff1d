import type { SliceQueue } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { Clock } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { GatewayConfig } from '../config.ts';
import type { JobMetrics } from './job-metrics.ts';

export interface JobDeps {
  config: GatewayConfig;
  slices: SliceQueue;
  /** Opened by the first who asks. */
  ledger: () => Promise<Ledger>;
  metrics: JobMetrics;
  log: Logger;
  clock: Clock;
}

/** What a job is asked for with. */
export interface JobWishes {
  /** Items of each list. */
  count: number;
  asRows: boolean;
}
