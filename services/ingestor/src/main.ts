import { openBatchQueue, openEventLog, openHistories } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import { ingestorRoutes } from './admin-routes.ts';
import { ingestorConfig } from './config.ts';
import { createIngestor } from './service.ts';
import { createProblemTeller } from './tell-problems.ts';

const config = loadConfig(ingestorConfig, process.env);
const log = createLogger('ingestor', { level: config.LOG_LEVEL });
const registry = createRegistry({ process: true });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const onProblem = createProblemTeller(log, systemClock);

const ledger = runner.own(await openLedger(config.LEDGER_URL));
const histories = runner.own(await openHistories(config.REDIS_URL, { namespace: config.NAMESPACE, onProblem }));
const eventLog = runner.own(
  await openEventLog(config.EVENT_LOG_URL, {
    group: config.KAFKA_GROUP,
    sessionTimeoutMs: config.KAFKA_SESSION_TIMEOUT_MS,
    onProblem,
  }),
);
const batches = runner.own(await openBatchQueue(config.QUEUE_URL, { namespace: config.NAMESPACE, onProblem }));
const ingestor = createIngestor({ config, eventLog, ledger, histories, batches, log, registry, clock: systemClock });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: async () => {
    const parts = { eventLog: eventLog.isUp(), ledger: await ledger.isUp(), histories: histories.isUp() };
    // Without histories it still ingests; what they missed comes from the ledger.
    return {
      ready: parts.eventLog && parts.ledger,
      parts: Object.fromEntries(Object.entries(parts).map(([part, up]) => [part, up ? 'up' : 'down'])),
    };
  },
  routes: ingestorRoutes(ingestor, ledger, config.EVENT_TOPIC),
});
await runner.run(ingestor, admin);
