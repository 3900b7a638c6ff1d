import { constants, setPriority } from 'node:os';
import type { RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openSliceQueue, openWorkQueue } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { inferenceWorkerConfig } from './config.ts';
import { keepMemorySmall } from './keep-memory-small.ts';
import { createInferenceWorker } from './service.ts';

const config = loadConfig(inferenceWorkerConfig, process.env);
const log = createLogger('inference-worker', { level: config.LOG_LEVEL });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const options = {
  namespace: config.NAMESPACE,
  onProblem: (problem: object) => log.warn(problem, 'a connection has trouble'),
};
if (config.QUEUE_URL === 'memory:' || config.REDIS_URL === 'memory:') {
  log.warn('memory: is one process by nature: gateways in other processes reach nothing here');
}

// Where a core is short, slices of large jobs wait for what answers somebody.
if (config.SLOTS.every((slot) => slot === 'batch')) setPriority(constants.priority.PRIORITY_LOW);

const onModelsDropped = keepMemorySmall();
const queue = runner.own(await openWorkQueue<RecommendJob>(config.QUEUE_URL, options));
const slices = config.SLOTS.includes('batch') ? runner.own(await openSliceQueue(config.QUEUE_URL, options)) : undefined;
const answers = runner.own(await openAnswers(config.REDIS_URL, options));
const histories = runner.own(await openHistories(config.REDIS_URL, options));
const plans = runner.own(await openPlans(config.REDIS_URL, options));
const artifacts = runner.own(
  await openArtifactStore(config.ARTIFACTS_URL, {
    cacheFolder: config.ARTIFACT_CACHE_DIR,
    onProblem: (problem) => log.warn(problem, 'an artifact is not kept here'),
  }),
);
const registry = createRegistry({ process: true });
const ports = { queue, slices, answers, histories, plans, artifacts };
const worker = { config, ...ports, onModelsDropped, log, registry, clock: systemClock };
await runner.run(createInferenceWorker(worker));
