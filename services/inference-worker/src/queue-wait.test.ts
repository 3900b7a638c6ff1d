import { createManualClock } from '@reelay/shared/testing';
import { expect, test } from 'vitest';
import { queueWaitSeconds } from './queue-wait.ts';

const clock = createManualClock();
/** A UUID of version 7 that was made `ago` milliseconds before now. */
const idOf = (ago: number): string => {
  const hex = (clock.now() - ago).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8abc-0123456789ab`;
};

test.each([
  ['the time that its id names', idOf(40), 0.04],
  ['nothing where the other clock is ahead', idOf(-40), 0],
  ['the time in this process where the id names none', 'r1', 0.007],
  ['the time in this process where there is no id', undefined, 0.007],
])('a job has waited since %s', (_what, requestId, seconds) => {
  const job = { requestId: requestId as string };
  expect(queueWaitSeconds({ job, takenAtMs: clock.monotonicMs() - 7 }, clock)).toBeCloseTo(seconds, 6);
});
