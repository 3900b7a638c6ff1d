import type { Plan } from '@reelay/shared/contracts';
import type { Answers, Histories } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { Clock, Turns } from '@reelay/shared/runtime';
import type { JobLedger } from '@reelay/shared/storage';
import type { LoadedModel } from '../load-model.ts';
import type { SliceMetrics } from './slice-metrics.ts';

export type SliceLedger = Pick<JobLedger, 'takeSlice' | 'keepSlice' | 'releaseSlice' | 'failSlice' | 'completeSlice'>;

export interface SliceDeps {
  /** Opened when the first slice comes: single requests need no ledger. */
  ledger: () => Promise<SliceLedger>;
  models: { get(version: string): LoadedModel | undefined };
  plan: () => Plan;
  histories: Pick<Histories, 'read'>;
  answers: Pick<Answers, 'keep'>;
  /** Single requests that this thread has in hand; slices let them go first. */
  singlesInHand: () => number;
  /**
   * Lists of one slice at a time: two that are scored by turns end together, and while this worker ends them, one that has nothing left to take stands
   * idle; twice as much is in the memory, too.
   */
  turns: Turns;
  metrics: SliceMetrics;
  log: Logger;
  clock: Clock;
}
