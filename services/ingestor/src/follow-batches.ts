import type { Batch, BatchQueue } from '@reelay/shared/messaging';
import { createService, messageOf, type Clock, type Service } from '@reelay/shared/runtime';
import type { ReceiptLedger } from '@reelay/shared/storage';
import { paceCommits } from './pace-commits.ts';
import { writeFeedback, type WriteFeedbackDeps } from './write-feedback.ts';
import { writeReceipts, type WriteReceiptsDeps } from './write-receipts.ts';

/** Batches of one transaction: at most 8,000 receipts. */
const inHand = 40;
/** At most two commits of receipts a second, unless they pile up. */
const pace = { everyMs: 500, backlog: inHand / 2 };
const dayMs = 86_400_000;
const dropEveryMs = 3_600_000;
const dropAtOnce = 5_000;

export interface FollowBatchesDeps extends WriteReceiptsDeps, WriteFeedbackDeps {
  batches: BatchQueue;
  ledger: WriteFeedbackDeps['ledger'] & Pick<ReceiptLedger, 'addReceipts' | 'dropReceipts'>;
  /** Days that receipts stay in SQL; 0: for ever. */
  keepDays: number;
  clock: Clock;
}

/**
 * Takes receipts and feedback beside the log: its own loop, so that a broker that is away never holds up the log, nor the other way round; both only
 * meet in the ledger.
 */
export const createBatchFollower = (deps: FollowBatchesDeps): Service =>
  createService('batch-follower', async (own) => {
    const { batches, keepDays, clock } = deps;
    const stop = new AbortController();
    const write = paceCommits((arrived: Batch[]) => writeReceipts(arrived, deps), {
      ...pace,
      clock,
      signal: stop.signal,
    });
    const receipts = await batches.consume('receipts', { inHand }, write);
    own(() => receipts.stop());
    const feedback = await batches.consume('feedback', { inHand }, (arrived) => writeFeedback(arrived, deps));
    own(() => feedback.stop());
    const dropping = keepDays > 0 ? dropOldDays(deps, stop.signal) : Promise.resolve();
    own(async () => {
      stop.abort();
      await dropping;
    });
  });

async function dropOldDays({ ledger, keepDays, clock, log }: FollowBatchesDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const before = Math.floor(clock.now() / dayMs) - keepDays;
    try {
      let dropped = 0;
      for (let some = -1; some !== 0 && !signal.aborted; dropped += some)
        some = await ledger.dropReceipts(before, dropAtOnce);
      if (dropped > 0) log.info({ dropped, keepDays }, 'old receipts dropped');
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'old receipts could not be dropped');
    }
    await clock.sleep(dropEveryMs, signal);
  }
}
