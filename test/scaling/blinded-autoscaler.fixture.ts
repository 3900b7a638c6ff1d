// An autoscaler that no page of metrics reaches while the file BLIND_FILE exists: requests hang, as in a black hole.
import { existsSync } from 'node:fs';
import {
  autoscalerConfig,
  createAutoscaler,
  createLocalWorkers,
  autoscalerRoutes,
} from '../../services/autoscaler/src/index.ts';
import { openSliceQueue, openWorkQueue } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';

const config = loadConfig(autoscalerConfig, process.env);
const log = createLogger('autoscaler', { level: config.LOG_LEVEL });
const registry = createRegistry({ process: true });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const queue = runner.own(await openWorkQueue(config.QUEUE_URL, { namespace: config.NAMESPACE }));
const slices = runner.own(await openSliceQueue(config.QUEUE_URL, { namespace: config.NAMESPACE }));
const scaler = createLocalWorkers({
  folder: config.WORKERS_DIR,
  program: {
    main: config.WORKER_PROGRAM,
    environment: process.env as Record<string, string>,
    logFolder: config.LOG_DIR,
  },
  drainWithinMs: config.DRAIN_WITHIN_MS,
  clock: systemClock,
});
const readPage = (base: string): Promise<string> =>
  existsSync(process.env.BLIND_FILE ?? '')
    ? new Promise(() => {})
    : fetch(new URL('/metrics', base)).then((response) => response.text());
const autoscaler = createAutoscaler({ config, queue, slices, scaler, log, registry, clock: systemClock, readPage });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: () => ({ ready: autoscaler.healthy(), parts: {} }),
  routes: autoscalerRoutes(autoscaler),
});
await runner.run(autoscaler, admin);
