import { tracks, type RecommendJob } from '@reelay/shared/contracts';
import type { Answers, Histories, Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import { createAdminServer, type Logger, type Readiness, type Registry } from '@reelay/shared/observability';
import { createService, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import type { InferenceWorkerConfig } from './config.ts';
import { createModelShelf, type ModelShelf } from './follow-plan.ts';
import { handleBatch } from './infer-batch.ts';
import { joinBatches } from './join-batches.ts';
import { loadModel } from './load-model.ts';
import { createWorkerMetrics, type WorkerMetrics } from './metrics.ts';
import { openSlices } from './slices/open-slices.ts';
import { createSliceMetrics } from './slices/slice-metrics.ts';

export interface InferenceWorkerDeps {
  config: InferenceWorkerConfig;
  queue: WorkQueue<RecommendJob>;
  answers: Answers;
  histories: Histories;
  plans: Plans;
  /** Without it, slices of large jobs are left to other workers. */
  slices?: SliceQueue;
  artifacts: ArtifactStore;
  /** Called when models were dropped. */
  onModelsDropped?: () => void;
  log: Logger;
  registry: Registry;
  clock: Clock;
}

export interface InferenceWorker extends Service {
  /** Versions that can answer now. */
  readonly versions: string[];
  /** Port of the admin routes; 0 while it is not up, and when they are off. */
  readonly adminPort: number;
}

/** Takes jobs, answers them from the models that the plan names. Is up once the versions of the present plan are loaded, or failed to. */
export function createInferenceWorker(deps: InferenceWorkerDeps): InferenceWorker {
  let shelf: ModelShelf | undefined;
  let adminPort = 0;
  const metrics = createWorkerMetrics(deps.registry, { versionsLoaded: () => shelf?.versions.length ?? 0 });
  const sliceMetrics = createSliceMetrics(deps.registry);

  const service = createService('inference-worker', async (own) => {
    const opened = await openShelf(deps, metrics, own);
    shelf = opened;
    own(() => (shelf = undefined));
    const singles = { inHand: 0 };
    await takeJobs(deps, opened, { metrics, singles }, own);
    await openSlices(deps, { models: opened, metrics: sliceMetrics, singlesInHand: () => singles.inHand }, own);
    adminPort = await openAdminPort(deps, opened, own);
    own(() => void (adminPort = 0));
    deps.log.info({ slots: deps.config.SLOTS, versions: opened.versions, adminPort }, 'worker takes jobs');
  });

  return {
    ...service,
    get versions() {
      return shelf?.versions ?? [];
    },
    get adminPort() {
      return adminPort;
    },
  };
}

async function openShelf(deps: InferenceWorkerDeps, metrics: WorkerMetrics, own: Own): Promise<ModelShelf> {
  const { config, artifacts, plans, log, clock, onModelsDropped: onDropped } = deps;
  const limits = { bytesMax: config.MODEL_MB_MAX * 2 ** 20, kernels: config.KERNELS };
  const load = (version: string) => loadModel(version, artifacts, limits);
  const shelf = createModelShelf({ load, keepOldMs: config.KEEP_OLD_MS, onDropped, metrics, log, clock });
  own(() => shelf.stop());
  const watching = await plans.watch((plan) => shelf.adopt(plan));
  own(() => watching.stop());
  // Jobs before models would only be sent back.
  await shelf.settled();
  return shelf;
}

async function takeJobs(
  deps: InferenceWorkerDeps,
  models: ModelShelf,
  { metrics, singles }: { metrics: WorkerMetrics; singles: { inHand: number } },
  own: Own,
): Promise<void> {
  const { config, queue, histories, answers, log, clock } = deps;
  const inferDeps = { models, histories, answers, metrics, log, clock };
  metrics.concurrency.set(config.CONCURRENCY);
  for (const slot of tracks.filter((track) => config.SLOTS.includes(track))) {
    const handle = joinBatches<RecommendJob>((batch) => handleBatch(batch, inferDeps), { clock });
    const taking = await queue.consume(slot, { concurrency: config.CONCURRENCY }, (batch) => {
      singles.inHand += batch.length;
      const handled = handle(batch).finally(() => (singles.inHand -= batch.length));
      return countInHand(batch.length, handled, metrics, clock);
    });
    own(() => taking.stop());
  }
}

/** What the autoscaler needs to see that a worker is full although it computes little: it waits for its stores. */
async function countInHand<T>(jobs: number, handled: Promise<T>, metrics: WorkerMetrics, clock: Clock): Promise<T> {
  const sinceMs = clock.monotonicMs();
  try {
    return await handled;
  } finally {
    metrics.inHandSeconds.inc((jobs * (clock.monotonicMs() - sinceMs)) / 1_000);
  }
}

async function openAdminPort(deps: InferenceWorkerDeps, shelf: ModelShelf, own: Own): Promise<number> {
  const { config, registry } = deps;
  if (config.ADMIN_PORT === 'off') return 0;
  const admin = createAdminServer({
    port: config.ADMIN_PORT,
    host: config.ADMIN_HOST,
    metrics: () => registry.metrics(),
    ready: () => readiness(deps, shelf),
  });
  own(() => admin.stop());
  await admin.start();
  return admin.port;
}

/** Ready when a job could be answered now. */
function readiness({ queue, answers, histories }: InferenceWorkerDeps, { versions }: ModelShelf): Readiness {
  const up = { queue: queue.isUp(), answers: answers.isUp(), histories: histories.isUp() };
  const parts = Object.entries(up).map(([name, isUp]) => [name, isUp ? 'up' : 'down']);
  return {
    ready: versions.length > 0 && Object.values(up).every(Boolean),
    parts: { model: versions.join(', ') || 'none', ...Object.fromEntries(parts) },
  };
}
