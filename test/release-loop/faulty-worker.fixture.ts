// An inference worker as its main.ts makes it, with faults of one version, told by the file of FAULT_FILE.
import { readFileSync } from 'node:fs';
import { createInferenceWorker, inferenceWorkerConfig } from '../../services/inference-worker/src/index.ts';
import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openHistories,
  openPlans,
  openWorkQueue,
  type AnswerPost,
  type Answers,
} from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { AppError, createRunner, loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore, type ArtifactStore } from '@reelay/shared/storage';
import type { PlantedFault } from './planted-fault.ts';

const waitMs = 60;
const config = loadConfig(inferenceWorkerConfig, process.env);
const log = createLogger('inference-worker', { level: config.LOG_LEVEL });
const runner = createRunner({ log, stopWithinMs: config.STOP_WITHIN_MS });
const options = { namespace: config.NAMESPACE };
const queue = runner.own(await openWorkQueue<RecommendJob>(config.QUEUE_URL, options));
const answers = faultyAnswers(runner.own(await openAnswers(config.REDIS_URL, options)));
const histories = runner.own(await openHistories(config.REDIS_URL, options));
const plans = runner.own(await openPlans(config.REDIS_URL, options));
const artifacts = faultyStore(runner.own(await openArtifactStore(config.ARTIFACTS_URL)));
const ports = { queue, answers, histories, plans, artifacts };
await runner.run(
  createInferenceWorker({ config, ...ports, log, registry: createRegistry({ process: true }), clock: systemClock }),
);

function faultOf(version: string): PlantedFault | undefined {
  try {
    const fault = JSON.parse(readFileSync(process.env.FAULT_FILE ?? '', 'utf8')) as PlantedFault;
    return fault.version === version ? fault : undefined;
  } catch {
    return undefined;
  }
}

function faultyAnswers(real: Answers): Answers {
  const post = async (posts: AnswerPost[]): Promise<void> => {
    // Who says that it does not have the version is not hurt by it.
    const faults = posts.map(({ answer }) => (answer.problem ? undefined : faultOf(answer.modelVersion)));
    if (faults.some((fault) => fault?.kind === 'crash')) process.kill(process.pid, 'SIGKILL');
    if (faults.some((fault) => fault?.kind === 'slow')) await systemClock.sleep(waitMs);
    await real.post(posts.map((one, at) => withItems(one, faults[at])));
  };
  return changed(real, { post });
}

function withItems(post: AnswerPost, fault: PlantedFault | undefined): AnswerPost {
  if (fault?.kind !== 'order' || fault.items === undefined) return post;
  const items = fault.items.slice(0, post.answer.items.length).map((id, at) => ({ id, score: -at }));
  return { ...post, answer: { ...post.answer, items } };
}

function faultyStore(real: ArtifactStore): ArtifactStore {
  const check = (version: string): void => {
    if (faultOf(version)?.kind === 'unloadable') throw new AppError('ARTIFACT_CORRUPT', 'planted');
  };
  return changed(real, {
    manifest: async (version) => (check(version), real.manifest(version)),
    load: async (version, file) => (check(version), real.load(version, file)),
  });
}

function changed<Port extends object>(real: Port, change: Partial<Port>): Port {
  return new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(name in change ? change : target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
