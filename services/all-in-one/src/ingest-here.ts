import { createIngestor, ingestorConfig } from '@reelay/ingestor';
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import { ingestEnvironment, type Addresses } from './settings.ts';

/** Runs an ingestor in this process for as long as `use` takes; `flush` commits what it has read. */
export async function withIngestorInThisProcess(
  addresses: Addresses,
  topic: string,
  use: (flush: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const config = loadConfig(ingestorConfig, { ...process.env, ...ingestEnvironment(addresses), EVENT_TOPIC: topic });
  const eventLog = await openEventLog(config.EVENT_LOG_URL);
  const ledger = await openLedger(config.LEDGER_URL);
  // Histories are rebuilt from the ledger when the platform starts.
  const histories = await openHistories('memory:');
  const log = createLogger('ingestor', { level: 'silent' });
  const ingestor = createIngestor({
    config,
    eventLog,
    ledger,
    histories,
    log,
    registry: createRegistry(),
    clock: systemClock,
  });
  try {
    await ingestor.start();
    await use(() => ingestor.flush());
  } finally {
    await ingestor.stop();
    await histories.close();
    await ledger.close();
    await eventLog.close();
  }
}
