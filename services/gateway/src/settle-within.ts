import type { Clock } from '@reelay/shared/runtime';

/** The work's result, or `late` after `ms` on this clock. The work goes on; its late end, good or bad, is nobody's business. */
export function settleWithin<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve('late'));
    work.then(
      (result) => {
        cancel();
        resolve(result);
      },
      (error: unknown) => {
        cancel();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
