import { AppError, messageOf } from '../runtime/index.ts';
import { attemptsMax, type Delivery, type Verdict } from './work-queue.ts';

export type BatchHandler<T> = (batch: Delivery<T>[]) => Promise<Verdict[]>;

/**
 * First attempts share a batch; every later attempt runs in one of its own, so that a job that fails its batch fails
 * alone the next time.
 */
export function splitBatches<D extends { attempt: number }>(arrived: D[]): D[][] {
  const first = arrived.filter((delivery) => delivery.attempt === 1);
  const later = arrived.filter((delivery) => delivery.attempt > 1).map((delivery) => [delivery]);
  return first.length > 0 ? [first, ...later] : later;
}

/** What becomes of each delivery after the handler ran: `again` as attempt `attempt + 1`, or `dead` with the reason. */
export type Outcome = { kind: 'done' } | { kind: 'again' } | { kind: 'dead'; reason: string };

/** Runs the handler and never throws: a handler that throws, or that returns the wrong number of verdicts, means `retry` for all. */
export async function runBatch<T>(handler: BatchHandler<T>, batch: Delivery<T>[]): Promise<Outcome[]> {
  try {
    const verdicts = await handler(batch);
    if (verdicts.length !== batch.length) {
      throw new AppError('MESSAGE_INVALID', `${verdicts.length} verdicts for ${batch.length} deliveries`);
    }
    return verdicts.map((verdict, at) => outcomeOf(verdict, batch[at]?.attempt ?? 1, 'handler asked for a retry'));
  } catch (error) {
    return batch.map((delivery) => outcomeOf('retry', delivery.attempt, messageOf(error)));
  }
}

function outcomeOf(verdict: Verdict, attempt: number, why: string): Outcome {
  if (verdict === 'done') return { kind: 'done' };
  return verdict === 'retry' ? afterFailure(attempt, why) : { kind: 'dead', reason: verdict.reject };
}

/** The outcome of a failed attempt. */
export function afterFailure(attempt: number, why: string): Outcome {
  return attempt < attemptsMax ? { kind: 'again' } : { kind: 'dead', reason: `failed ${attempt} times, last: ${why}` };
}
