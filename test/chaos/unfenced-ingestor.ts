/** The ingestor's own `main.ts` with one thing changed: its ledger has no fence. Run by a test, which must tell. */
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import { createIngestor, ingestorConfig } from '../../services/ingestor/src/index.ts';
import { withoutFence } from './unfenced-ledger.ts';

const config = loadConfig(ingestorConfig, process.env);
const log = createLogger('ingestor', { level: config.LOG_LEVEL });
const registry = createRegistry();
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const ledger = runner.own(await openLedger(config.LEDGER_URL));
const histories = runner.own(await openHistories(config.REDIS_URL, { namespace: config.NAMESPACE }));
const eventLog = runner.own(
  await openEventLog(config.EVENT_LOG_URL, {
    group: config.KAFKA_GROUP,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
  }),
);
const parts = { config, eventLog, histories, log, registry, clock: systemClock };
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: async () => ({ ready: true, parts: {} }),
});
await runner.run(createIngestor({ ...parts, ledger: withoutFence(ledger) }), admin);
