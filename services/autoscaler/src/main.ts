import { openPlans, openSliceQueue, openWorkQueue } from '@reelay/shared/messaging';
import { createAdminServer, createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { autoscalerRoutes } from './admin-routes.ts';
import { autoscalerConfig } from './config.ts';
import { createLocalWorkers } from './local-workers.ts';
import { createAutoscaler } from './service.ts';

const config = loadConfig(autoscalerConfig, process.env);
const log = createLogger('autoscaler', { level: config.LOG_LEVEL });
const registry = createRegistry({ process: true });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const onProblem = (problem: object) => log.warn(problem, 'the queue has trouble');
const options = { namespace: config.NAMESPACE, onProblem };
const queue = runner.own(await openWorkQueue(config.QUEUE_URL, options));
const slices = runner.own(await openSliceQueue(config.QUEUE_URL, options));
const plans = runner.own(await openPlans(config.REDIS_URL, options));
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
const autoscaler = createAutoscaler({ config, queue, slices, plans, scaler, log, registry, clock: systemClock });
const admin = createAdminServer({
  port: config.ADMIN_PORT,
  host: config.ADMIN_HOST,
  metrics: () => registry.metrics(),
  ready: () => ({ ready: autoscaler.healthy(), parts: { queue: queue.isUp() ? 'up' : 'down' } }),
  routes: autoscalerRoutes(autoscaler),
});
await runner.run(autoscaler, admin);
