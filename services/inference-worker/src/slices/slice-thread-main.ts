import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openAnswers, openHistories, openPlans } from '@reelay/shared/messaging';
import { createLogger, createRegistry } from '@reelay/shared/observability';
import { createService, openThreadChannel, systemClock, type Own } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { keepMemorySmall } from '../keep-memory-small.ts';
import { createWorkerMetrics } from '../metrics.ts';
import { openModels } from '../open-models.ts';
import { handleSlice } from './handle-slice.ts';
import { sliceDepsOf } from './open-slices.ts';
import type { SliceDeps } from './slice-deps.ts';
import type { SliceMetrics } from './slice-metrics.ts';
import type { SliceControl, SliceThreadData } from './slice-thread.ts';

const { config } = workerData as SliceThreadData;
if (!parentPort) throw new Error('this file is the beginning of a thread');

// Where a core is short, slices wait for what answers somebody. A priority is a thread's on Linux, elsewhere the whole process's.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);

const log = createLogger('inference-worker', { level: config.LOG_LEVEL });
const clock = systemClock;
const stopping = new AbortController();

async function open(own: Own): Promise<Omit<SliceDeps, 'metrics'>> {
  const options = {
    namespace: config.NAMESPACE,
    onProblem: (problem: object) => log.warn(problem, 'a connection has trouble'),
  };
  const owned = <T extends { close(): Promise<void> }>(port: T): T => {
    own(() => port.close());
    return port;
  };
  const answers = owned(await openAnswers(config.REDIS_URL, options));
  const histories = owned(await openHistories(config.REDIS_URL, options));
  const plans = owned(await openPlans(config.REDIS_URL, options));
  const artifacts = owned(
    await openArtifactStore(config.ARTIFACTS_URL, {
      cacheFolder: config.ARTIFACT_CACHE_DIR,
      onProblem: (problem) => log.warn(problem, 'an artifact is not kept here'),
    }),
  );
  const parts = { config, log, clock };
  const opened = await openModels(
    { ...parts, artifacts, plans, onModelsDropped: keepMemorySmall() },
    // Those of the main thread are what counts.
    createWorkerMetrics(createRegistry(), { versionsLoaded: () => 0 }),
    own,
  );
  return sliceDepsOf({ ...parts, histories, answers }, { opened, singlesInHand: () => 0 }, own);
}

let parts: Awaited<ReturnType<typeof open>>;
const service = createService('slices', async (own) => void (parts = await open(own)));
await service.start();
const control: SliceControl = {
  handle: (delivery) => handleSlice(delivery, { ...parts, metrics }, stopping.signal),
  stop: async () => stopping.abort(),
  close: () => service.stop(),
};
const metrics = openThreadChannel(parentPort, { slices: control }).remote<SliceMetrics>('metrics');
