import type { Clock } from '@reelay/shared/runtime';

export interface Pace {
  /** Shortest time from the start of a call to that of the next. */
  everyMs: number;
  /** With so many things at once there is a backlog, which nobody holds up. */
  backlog: number;
  clock: Clock;
  /** Ends a pause at once. */
  signal: AbortSignal;
}

/**
 * What comes after a silence is handled at once; what comes within `everyMs` of that goes together into the next call. A commit writes whole pages of
 * every index, so one for two batches costs a fifth less than two. The pause is before the acknowledgement: who dies in it gets the same batches again, and
 * knows them.
 */
export function paceCommits<T, Verdict>(
  handle: (arrived: T[]) => Promise<Verdict[]>,
  { everyMs, backlog, clock, signal }: Pace,
): (arrived: T[]) => Promise<Verdict[]> {
  return async (arrived) => {
    const startedMs = clock.monotonicMs();
    const verdicts = await handle(arrived);
    const leftMs = everyMs - (clock.monotonicMs() - startedMs);
    if (leftMs > 0 && arrived.length < backlog) await clock.sleep(leftMs, signal);
    return verdicts;
  };
}
