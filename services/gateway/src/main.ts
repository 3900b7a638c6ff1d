import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openBatchQueue,
  openHistories,
  openPlans,
  openSliceQueue,
  openWorkQueue,
} from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { gatewayConfig } from './config.ts';
import { createGateway } from './service.ts';

const config = loadConfig(gatewayConfig, process.env);
const log = createLogger('gateway', { level: config.LOG_LEVEL });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const options = {
  namespace: config.NAMESPACE,
  onProblem: (problem: object) => log.warn(problem, 'a connection has trouble'),
};
if (config.QUEUE_URL === 'memory:' || config.REDIS_URL === 'memory:') {
  log.warn('memory: is one process by nature: workers in other processes get nothing from this gateway');
}

const queue = runner.own(await openWorkQueue<RecommendJob>(config.QUEUE_URL, options));
const slices = runner.own(await openSliceQueue(config.QUEUE_URL, options));
const batches = runner.own(await openBatchQueue(config.QUEUE_URL, options));
const answers = runner.own(await openAnswers(config.REDIS_URL, options));
const histories = runner.own(await openHistories(config.REDIS_URL, options));
const plans = runner.own(await openPlans(config.REDIS_URL, options));
const artifacts = runner.own(await openArtifactStore(config.ARTIFACTS_URL));
const registry = createRegistry({ process: true });
await runner.run(
  createGateway({
    config,
    queue,
    batches,
    slices,
    answers,
    histories,
    plans,
    artifacts,
    log,
    registry,
    clock: systemClock,
  }),
);
