import type { Delivery } from '@reelay/shared/messaging';
import type { Clock } from '@reelay/shared/runtime';

/**
 * Seconds from the making of the request (its id tells when) until now, where a worker takes it up. Two hosts' clocks are compared, so it is for looking
 * at, never for deciding; an id without a time counts from when this process took the job.
 */
export function queueWaitSeconds(
  { job, takenAtMs }: Pick<Delivery<{ requestId: string }>, 'job' | 'takenAtMs'>,
  clock: Clock,
): number {
  const madeMs = timeOf(String(job?.requestId));
  const waitedMs = madeMs >= 0 ? clock.now() - madeMs : clock.monotonicMs() - takenAtMs;
  return Math.max(0, waitedMs) / 1_000;
}

/** Places of the first 48 bits of a UUID of version 7, which are milliseconds since 1970, in its text. */
const timePlaces = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12];

/** NaN where the id tells no time. Without a pattern: those texts would be a tenth of what a job leaves to collect. */
function timeOf(id: string): number {
  if (id[8] !== '-' || id[13] !== '-' || id[14] !== '7') return Number.NaN;
  let time = 0;
  for (const place of timePlaces) time = 16 * time + digitOf(id.charCodeAt(place));
  return time;
}

/** Of 0-9 and a-f; NaN for other signs. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : Number.NaN;
}
