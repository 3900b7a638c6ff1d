// An inference worker whose jobs take their time without computing: each waits 20 ms for its history, one job at a time.
import { createInferenceWorker, inferenceWorkerConfig } from '../../services/inference-worker/src/index.ts';
import type { RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openWorkQueue, type Histories } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';

const waitMs = 20;
const config = loadConfig(inferenceWorkerConfig, { ...process.env, CONCURRENCY: '1' });
const log = createLogger('inference-worker', { level: config.LOG_LEVEL });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const options = { namespace: config.NAMESPACE };
const queue = runner.own(await openWorkQueue<RecommendJob>(config.QUEUE_URL, options));
const answers = runner.own(await openAnswers(config.REDIS_URL, options));
const histories = slow(runner.own(await openHistories(config.REDIS_URL, options)));
const plans = runner.own(await openPlans(config.REDIS_URL, options));
const artifacts = runner.own(await openArtifactStore(config.ARTIFACTS_URL));
const registry = createRegistry({ process: true });
await runner.run(
  createInferenceWorker({ config, queue, answers, histories, plans, artifacts, log, registry, clock: systemClock }),
);

function slow(real: Histories): Histories {
  const read: Histories['read'] = async (userIds) => {
    await systemClock.sleep(waitMs * userIds.length);
    return real.read(userIds);
  };
  return new Proxy(real, {
    get: (target, name) => {
      if (name === 'read') return read;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
