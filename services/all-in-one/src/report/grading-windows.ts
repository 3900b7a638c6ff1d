import type { TimeWindow, TruthLedger } from '@reelay/shared/storage';
import { readAvailability, type Availability } from './availability.ts';

const hourSeconds = 3_600;

/** The course grades availability over so much time around a submission. */
const graded = { beforeHours: 72, afterHours: 96 };

/** Around a submission: before it, after it, and both together. */
export interface GradingWindows {
  before: Availability;
  after: Availability;
  both: Availability;
}

/** `at`: the submission, epoch seconds. Its own second belongs to the time after it. */
export async function readGradingWindows(ledger: TruthLedger, at: number): Promise<GradingWindows> {
  const from = at - graded.beforeHours * hourSeconds;
  const to = at + graded.afterHours * hourSeconds;
  const read = (window: TimeWindow) => readAvailability(ledger, window);
  return { before: await read({ from, to: at }), after: await read({ from: at, to }), both: await read({ from, to }) };
}
