import { AppError } from '@reelay/shared/runtime';
import type { TimeWindow, TruthLedger } from '@reelay/shared/storage';
import { readTime } from './read-time.ts';

/** What `--from` and `--to` say; the whole log where nothing is said. `REQUEST_INVALID` when it would be empty. */
export async function logWindow(
  ledger: Pick<TruthLedger, 'requestSpan'>,
  from?: string,
  to?: string,
): Promise<TimeWindow> {
  const span = (await ledger.requestSpan()) ?? { from: 0, to: 0 };
  const start = from === undefined ? span.from : readTime(from, '--from');
  const window = { from: start, to: to === undefined ? Math.max(start, span.to) : readTime(to, '--to') };
  if (from !== undefined && to !== undefined && window.from >= window.to) {
    throw new AppError('REQUEST_INVALID', `--from ${from} is not before --to ${to}`);
  }
  return window;
}
