import { quarantineReasons, type QuarantineReason } from '@reelay/shared/contracts';
import type { AdminRoute } from '@reelay/shared/observability';
import { AppError, errorCode } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';
import type { Ingestor } from './service.ts';

const drainMs = 20_000;
const quarantinedMax = 1_000;

/**
 * Control of a running ingestor.
 *
 * - `POST /admin/flush`: commits as it reads, until all that stood in the log at the call is committed or 20 s are over
 * - `GET /admin/ingest`: where it stands
 * - `GET /admin/quarantine?limit=50&reason=TIME`: how many lines are in quarantine for which reason, and the newest of them
 * - `POST /admin/quarantine/redrive?reason=TIME`: gives them to the parser once more
 * - `POST /admin/rollup?day=2031-05-06`: rolls up a day, or all that have ended and are not rolled up
 */
export const ingestorRoutes = (ingestor: Ingestor, ledger: Ledger, topic: string): Record<string, AdminRoute> => ({
  'POST /admin/flush': async () => {
    const drained = await ingestor.drained(topic, drainMs).then(() => true, falseWhenLate);
    return { drained, ...ingestor.state() };
  },
  'GET /admin/ingest': async () => ({ ...ingestor.state(), progress: await ledger.progress(topic) }),
  'GET /admin/quarantine': async (_body, query) => ({
    reasons: await ledger.quarantineCounts(),
    lines: await ledger.quarantined(limitOf(query.limit), reasonOf(query.reason)),
  }),
  'POST /admin/quarantine/redrive': (_body, query) => ingestor.upkeep.redrive(reasonOf(query.reason)),
  'POST /admin/rollup': async (_body, query) => ({ days: await ingestor.upkeep.rollUp(dayOf(query.day)) }),
});

function falseWhenLate(error: unknown): false {
  if (errorCode(error) === 'TIMEOUT') return false;
  throw error;
}

/** A reason of the closed set; `REQUEST_INVALID` for another. */
export function reasonOf(text: string | undefined): QuarantineReason | undefined {
  if (text === undefined) return undefined;
  const reason = quarantineReasons.find((one) => one === text.toUpperCase());
  if (reason === undefined) throw new AppError('REQUEST_INVALID', `reason is one of ${quarantineReasons.join(', ')}`);
  return reason;
}

/** Days since 1970 of `YYYY-MM-DD`; `REQUEST_INVALID` for anything else. */
export function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time)) throw new AppError('REQUEST_INVALID', 'day is YYYY-MM-DD, in UTC');
  return time / 86_400_000;
}

function limitOf(text = '50'): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > quarantinedMax) {
    throw new AppError('REQUEST_INVALID', `limit is a number up to ${quarantinedMax}`);
  }
  return Number(text);
}
