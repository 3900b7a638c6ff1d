import { AppError, backoffMs, isRetryable, type Clock } from '@reelay/shared/runtime';

const pauses = { firstMs: 100, maxMs: 5_000 };
/** Well below the half hour after which a broker takes a delivery away. */
const holdMsMax = 5 * 60_000;

/** Told by `signal`: the worker stops, or the slice is no longer wanted. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp';
}

/**
 * The work's result, tried again while a store is away: an outage is no fault of a slice, and its few tries are for faults. Throws `GivenUp` when the
 * signal fires, and what the work threw when trying cannot help, or did not for five minutes.
 */
export async function holdThroughOutage<T>(
  work: () => Promise<T>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<T> {
  const givingUpAtMs = clock.monotonicMs() + holdMsMax;
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw new GivenUp('given up');
    try {
      return await work();
    } catch (error) {
      const gone = error instanceof AppError && error.code === 'PORT_CLOSED';
      if (gone) throw new GivenUp('given up', { cause: error });
      if (!isRetryable(error) || clock.monotonicMs() > givingUpAtMs) throw error;
      await clock.sleep(backoffMs(attempt, pauses), signal);
    }
  }
}
