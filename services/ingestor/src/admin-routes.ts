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
 * - `GET /admin/quarantine?limit=50`: the newest refused lines, with their reason
 */
export const ingestorRoutes = (ingestor: Ingestor, ledger: Ledger, topic: string): Record<string, AdminRoute> => ({
  'POST /admin/flush': async () => {
    const drained = await ingestor.drained(topic, drainMs).then(() => true, falseWhenLate);
    return { drained, ...ingestor.state() };
  },
  'GET /admin/ingest': async () => ({ ...ingestor.state(), progress: await ledger.progress(topic) }),
  'GET /admin/quarantine': async (_body, query) => ({ lines: await ledger.quarantined(limitOf(query.limit)) }),
});

function falseWhenLate(error: unknown): false {
  if (errorCode(error) === 'TIMEOUT') return false;
  throw error;
}

function limitOf(text = '50'): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > quarantinedMax) {
    throw new AppError('REQUEST_INVALID', `limit is a number up to ${quarantinedMax}`);
  }
  return Number(text);
}
