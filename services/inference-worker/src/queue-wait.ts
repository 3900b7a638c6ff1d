import type { Delivery } from '@reelay/shared/messaging';
import type { Clock } from '@reelay/shared/runtime';

/** UUID of version 7: its first 48 bits are milliseconds since 1970. */
const timedId = /^([0-9a-f]{8})-([0-9a-f]{4})-7/;

/**
 * Seconds from the making of the request (its id tells when) until now, where a worker takes it up. Two hosts' clocks are compared, so it is for looking
 * at, never for deciding; an id without a time counts from when this process took the job.
 */
export function queueWaitSeconds(
  { job, takenAtMs }: Pick<Delivery<{ requestId: string }>, 'job' | 'takenAtMs'>,
  clock: Clock,
): number {
  const found = timedId.exec(String(job?.requestId));
  const waitedMs = found ? clock.now() - Number.parseInt(found[1] + found[2], 16) : clock.monotonicMs() - takenAtMs;
  return Math.max(0, waitedMs) / 1_000;
}
