import type { RecommendJob } from '@reelay/shared/contracts';
import type { Answers, Histories, Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import { createAdminServer, type Logger, type Readiness, type Registry } from '@reelay/shared/observability';
import { createService, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { tracksFor } from './choose-tracks.ts';
import type { InferenceWorkerConfig } from './config.ts';
import type { ModelShelf } from './follow-plan.ts';
import { createWorkerMetrics, type WorkerMetrics } from './metrics.ts';
import { createLikenesses } from './open-likeness.ts';
import { openModels, type OpenedModels } from './open-models.ts';
import { openSlices } from './slices/open-slices.ts';
import { createSliceMetrics } from './slices/slice-metrics.ts';
import { createJobTaking, type JobTaking } from './take-jobs.ts';

export interface InferenceWorkerDeps {
  config: InferenceWorkerConfig;
  queue: WorkQueue<RecommendJob>;
  answers: Answers;
  histories: Histories;
  plans: Plans;
  /** Without it, slices of large jobs are left to other workers. */
  slices?: SliceQueue;
  artifacts: ArtifactStore;
  /** Called when memory outside of the heap can be had back: models were dropped, or the first ones stand. */
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
    const opened = await openModels(deps, metrics, own);
    shelf = opened.models;
    own(() => (shelf = undefined));
    const taking = await takeJobs(deps, opened, metrics, own);
    await openSlices(deps, { opened, metrics: sliceMetrics, singlesInHand: () => taking.inHand }, own);
    adminPort = await openAdminPort(deps, shelf, own);
    own(() => void (adminPort = 0));
    const { SLOTS: slots, WORKER_SLOT: slot } = deps.config;
    deps.log.info({ slots, slot, versions: shelf.versions, adminPort }, 'worker takes jobs');
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

const followAgainMs = 1_000;

async function takeJobs(
  deps: InferenceWorkerDeps,
  opened: OpenedModels,
  metrics: WorkerMetrics,
  own: Own,
): Promise<JobTaking> {
  const { config, queue, histories, answers, log, clock } = deps;
  const { models, role } = opened;
  const likenessOf = createLikenesses(deps.artifacts);
  const explorationShare = config.EXPLORATION_SHARE;
  const parts = { models, histories, answers, likenessOf, explorationShare, metrics, log, clock };
  const taking = createJobTaking({ ...parts, queue, concurrency: config.CONCURRENCY });
  own(() => taking.stop());
  const isLoaded = (version: string): boolean => models.get(version) !== undefined;
  const follow = (): Promise<void> =>
    taking.follow(tracksFor(role, opened.plan, isLoaded).filter((track) => config.SLOTS.includes(track)));
  opened.onChange = () => void follow().catch(() => clock.after(followAgainMs, opened.onChange)); // told by the taking
  own(() => void (opened.onChange = () => {}));
  await follow();
  return taking;
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
