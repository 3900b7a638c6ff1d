import type { SliceDelivery, SliceVerdict } from '@reelay/shared/messaging';
import { messageOf } from '@reelay/shared/runtime';
import type { TakenSlice } from '@reelay/shared/storage';
import { GivenUp, holdThroughOutage } from './hold-through-outage.ts';
import { makeLists } from './make-lists.ts';
import type { SliceDeps, SliceLedger } from './slice-deps.ts';
import { createTally, type SliceTally } from './tally-results.ts';

const tellMs = 10_000;

/**
 * One slice from taking to its end. The ledger decides what counts: results are written by compare-and-set before the slice is acked, so one that
 * is delivered again, or that two workers have, is written once. `stopping` gives it
 * back as it is, and the try does not count: a rolling restart is no fault of a slice.
 */
export async function handleSlice(
  { slice }: SliceDelivery,
  deps: SliceDeps,
  stopping: AbortSignal,
): Promise<SliceVerdict> {
  const { clock, metrics } = deps;
  const { jobId, sliceNo } = slice;
  const startedMs = clock.monotonicMs();
  try {
    const ledger = await holdThroughOutage(deps.ledger, { clock, signal: stopping });
    const taken = await holdThroughOutage(() => ledger.takeSlice(jobId, sliceNo, clock.now()), {
      clock,
      signal: stopping,
    });
    const verdict = taken === null ? 'over' : await workOff(taken, ledger, deps, stopping);
    metrics.countSlice(typeof verdict === 'object' ? 'dead' : verdict);
    return verdict === 'over' || verdict === 'released' ? 'done' : verdict;
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    metrics.countSlice('again');
    return 'again';
  } finally {
    metrics.observeSlice((clock.monotonicMs() - startedMs) / 1_000);
  }
}

async function workOff(
  taken: TakenSlice,
  ledger: SliceLedger,
  deps: SliceDeps,
  stopping: AbortSignal,
): Promise<SliceVerdict | 'over' | 'released'> {
  const unwanted = new AbortController();
  const signal = AbortSignal.any([stopping, unwanted.signal]);
  const stopTelling = tellNowAndThen(taken, ledger, deps, () => unwanted.abort());
  try {
    const tally = createTally(taken);
    await deps.turns.run(() => makeLists(taken, (results) => tally.add(results), deps, signal));
    return await finish(tally, ledger, deps, signal);
  } catch (error) {
    if (unwanted.signal.aborted) return 'over';
    if (error instanceof GivenUp) return await release(taken, ledger, error);
    return await fail(taken, error, ledger, deps, signal);
  } finally {
    stopTelling();
  }
}

/** From then on it is as if it had never been published; where the ledger does not hear of it, the queue gives it to somebody. */
async function release({ job, sliceNo }: TakenSlice, ledger: SliceLedger, givenUp: GivenUp): Promise<'released'> {
  await ledger.releaseSlice(job.jobId, sliceNo).catch(() => {
    throw givenUp;
  });
  return 'released';
}

/** A slice that is long in hand (an outage) is not published again; one that is not wanted any more is let go. */
function tellNowAndThen(
  { job, sliceNo }: TakenSlice,
  ledger: SliceLedger,
  { clock }: SliceDeps,
  unwanted: () => void,
): () => void {
  let cancel = (): void => {};
  const tell = (): void => {
    ledger.keepSlice(job.jobId, sliceNo, clock.now()).then(
      (wanted) => wanted || unwanted(),
      () => {},
    );
    cancel = clock.after(tellMs, tell);
  };
  cancel = clock.after(tellMs, tell);
  return () => cancel();
}

async function finish(
  tally: SliceTally,
  ledger: SliceLedger,
  { clock, metrics }: SliceDeps,
  signal: AbortSignal,
): Promise<'done' | 'over'> {
  const outcome = tally.outcome(clock.now());
  if (!(await holdThroughOutage(() => ledger.completeSlice(outcome), { clock, signal }))) return 'over';
  metrics.countUsers('model', outcome.answered);
  metrics.countUsers('fallback', outcome.fallback);
  metrics.countUsers('failed', outcome.failed);
  return 'done';
}

async function fail(
  { job, sliceNo, attempt }: TakenSlice,
  error: unknown,
  ledger: SliceLedger,
  { clock, log }: SliceDeps,
  signal: AbortSignal,
): Promise<SliceVerdict> {
  const reason = messageOf(error);
  log.error({ jobId: job.jobId, sliceNo, attempt, error: reason }, 'slice failed');
  const again = await holdThroughOutage(() => ledger.failSlice(job.jobId, sliceNo, reason, clock.now()), {
    clock,
    signal,
  });
  return again ? 'again' : { reject: reason };
}
