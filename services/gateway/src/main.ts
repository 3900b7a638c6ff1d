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
const reporting = {
  namespace: config.NAMESPACE,
  onProblem: (problem: object) => log.warn(problem, 'a connection has trouble'),
};
if (config.QUEUE_URL === 'memory:' || config.REDIS_URL === 'memory:') {
  log.warn('memory: is one process by nature: workers in other processes get nothing from this gateway');
}

// At once, and not for long: with all of them away the fallback is given from the first second.
const options = { ...reporting, connectWaitMs: 300 };
const [queue, slices, batches, answers, histories, plans, artifacts] = await Promise.all([
  openWorkQueue<RecommendJob>(config.QUEUE_URL, options),
  openSliceQueue(config.QUEUE_URL, options),
  openBatchQueue(config.QUEUE_URL, options),
  openAnswers(config.REDIS_URL, options),
  openHistories(config.REDIS_URL, options),
  openPlans(config.REDIS_URL, options),
  openArtifactStore(config.ARTIFACTS_URL, {
    cacheFolder: config.ARTIFACT_CACHE_DIR,
    onProblem: (problem) => log.warn(problem, 'an artifact is not kept here'),
  }),
]);
for (const port of [queue, slices, batches, answers, histories, plans, artifacts]) runner.own(port);
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
