import { createIngestor, ingestorConfig, ingestorRoutes } from '@reelay/ingestor';
import { openEventLog } from '@reelay/shared/messaging';
import { createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import type { ThreadContext, ThreadedService } from './thread-control.ts';

export async function openIngestorThread(context: ThreadContext): Promise<ThreadedService> {
  const { environment, batches, histories, log } = context;
  const config = loadConfig(ingestorConfig, environment);
  const registry = createRegistry();
  const eventLog = await openEventLog(config.EVENT_LOG_URL);
  const ledger = await openLedger(config.LEDGER_URL);
  const ingestor = createIngestor({ config, eventLog, ledger, batches, histories, log, registry, clock: systemClock });
  return {
    service: ingestor,
    registry,
    routes: ingestorRoutes(ingestor, ledger, config.EVENT_TOPIC),
    ready: () => ({ ready: true, parts: { ingestor: `${ingestor.state().partitions} partitions` } }),
    async close() {
      await ledger.close();
      await eventLog.close();
    },
  };
}
