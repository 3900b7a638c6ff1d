import { openEventLog } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { simulatorConfig } from './config.ts';
import { createSimulator } from './service.ts';

const config = loadConfig(simulatorConfig, process.env);
const log = createLogger('simulator', { level: config.LOG_LEVEL });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const eventLog = runner.own(
  await openEventLog(config.EVENT_LOG_URL, {
    namespace: config.NAMESPACE,
    group: `${config.NAMESPACE}-simulator`,
    onProblem: (problem) => log.warn(problem, 'a connection has trouble'),
  }),
);
const registry = createRegistry({ process: true });
await runner.run(createSimulator({ config, eventLog, log, registry, clock: systemClock }));
