import { versionsNamed, type Plan } from '@reelay/shared/contracts';
import type { Plans } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { Clock, Own } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { versionsFor, type WorkerRole } from './choose-tracks.ts';
import type { InferenceWorkerConfig } from './config.ts';
import { createModelShelf, type ModelShelf } from './follow-plan.ts';
import { loadWholeVersion } from './load-whole-version.ts';
import type { WorkerMetrics } from './metrics.ts';

/** The models of the plan, and who must know that plan or models have changed. */
export interface OpenedModels {
  models: ModelShelf;
  role: WorkerRole;
  plan: Plan | undefined;
  onChange: () => void;
}

export interface ModelsDeps {
  config: InferenceWorkerConfig;
  artifacts: ArtifactStore;
  plans: Pick<Plans, 'watch'>;
  /** Called when memory outside of the heap can be had back: models were dropped, or the first ones stand. */
  onModelsDropped?: () => void;
  log: Logger;
  clock: Clock;
}

/** Follows the plan from now on; resolves when the versions of the present one are loaded, or failed to. */
export async function openModels(
  deps: ModelsDeps,
  metrics: Pick<WorkerMetrics, 'loads'>,
  own: Own,
): Promise<OpenedModels> {
  const { config, artifacts, plans, log, clock, onModelsDropped: onDropped } = deps;
  const limits = { bytesMax: config.MODEL_MB_MAX * 2 ** 20, kernels: config.KERNELS };
  const role: WorkerRole = { slot: config.WORKER_SLOT, aboveShare: config.CANARY_ABOVE_SHARE };
  const load = (version: string) => loadWholeVersion(version, artifacts, limits);
  const versionsOf = (plan: Plan) => versionsFor(role, plan);
  const onChange = (): void => opened.onChange();
  const parts = { load, versionsOf, keepOldMs: config.KEEP_OLD_MS, onChange, onDropped };
  const models = createModelShelf({ ...parts, metrics, log, clock });
  const opened: OpenedModels = { models, role, plan: undefined, onChange: () => {} };
  own(() => models.stop());
  const watching = await plans.watch((plan) => {
    opened.plan = plan;
    models.adopt(plan);
    void artifacts.keep?.(versionsNamed(plan));
    onChange();
  });
  own(() => watching.stop());
  // Jobs before models would only be sent back.
  await models.settled();
  return opened;
}
