import { createInferenceWorker, inferenceWorkerConfig } from '@reelay/inference-worker';
import { createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import type { ThreadContext, ThreadedService } from './thread-control.ts';

export async function openInferenceWorkerThread(context: ThreadContext): Promise<ThreadedService> {
  const config = loadConfig(inferenceWorkerConfig, { ...context.environment, ADMIN_PORT: 'off' });
  const registry = createRegistry();
  const artifacts = await openArtifactStore(config.ARTIFACTS_URL);
  const { queue, slices, answers, histories, plans, log } = context;
  const worker = createInferenceWorker({
    config,
    queue,
    slices,
    answers,
    histories,
    plans,
    artifacts,
    log,
    registry,
    clock: systemClock,
  });
  return {
    service: worker,
    registry,
    routes: {},
    ready: () => ({ ready: true, parts: { 'inference-worker': 'up' } }),
    close: () => artifacts.close(),
  };
}
