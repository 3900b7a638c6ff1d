import { AppError, systemClock } from '../../runtime/index.ts';

const busyMsMax = 10_000;
const busyRetryMs = 5;
/** https://www.sqlite.org/rescode.html: the low byte is the primary code. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;

/**
 * Waits for another writer of the file without blocking this thread, as SQLite's own busy timeout would: the other writer may
 * be a transaction of this very thread.
 */
export async function whenFree<T>(work: () => T): Promise<T> {
  const givingUpAt = systemClock.monotonicMs() + busyMsMax;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (systemClock.monotonicMs() > givingUpAt) {
        throw new AppError('EVENT_LOG_DOWN', `the event log was locked for ${busyMsMax} ms`, { cause: error });
      }
      await systemClock.sleep(busyRetryMs);
    }
  }
}
