import { parentPort, workerData } from 'node:worker_threads';
import type { RecommendJob } from '@reelay/shared/contracts';
import type { Answers, BatchQueue, Histories, Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import { createLogger } from '@reelay/shared/observability';
import { openThreadChannel } from '@reelay/shared/runtime';
import { openLogFile } from './log-file.ts';
import type { ThreadContext, ThreadControl, ThreadData, ThreadedService, ThreadName } from './thread-control.ts';

const openers: Record<ThreadName, () => Promise<(context: ThreadContext) => Promise<ThreadedService>>> = {
  ingestor: async () => (await import('./ingestor-thread.ts')).openIngestorThread,
  'inference-worker': async () => (await import('./inference-worker-thread.ts')).openInferenceWorkerThread,
  trainer: async () => (await import('./trainer-thread.ts')).openTrainerThread,
  'release-manager': async () => (await import('./release-manager-thread.ts')).openReleaseManagerThread,
  simulator: async () => (await import('./simulator-thread.ts')).openSimulatorThread,
};

const { name, environment, logFile, logLevel } = workerData as ThreadData;
if (!parentPort) throw new Error('this file is the beginning of a thread');

const logTo = openLogFile(logFile);
const log = createLogger(name, { level: logLevel, destination: logTo });
const control: ThreadControl = {
  start: async () => (await opened).service.start(),
  async stop() {
    const { service, close } = await opened;
    try {
      await service.stop();
    } finally {
      await close();
      logTo.flushSync();
    }
  },
  metrics: async () => (await opened).registry.metrics(),
  ready: async () => (await opened).ready(),
  routes: async () => Object.keys((await opened).routes),
  call: async (route, body, query) => (await opened).routes[route](body, query),
};

// Ports in memory are always up while the process lives, so what cannot wait is answered here.
const channel = openThreadChannel(parentPort, { control });
const up = { isUp: () => true };
const opened = openers[name]().then((open) =>
  open({
    environment,
    log,
    queue: channel.remote<WorkQueue<RecommendJob>>('queue', up),
    batches: channel.remote<BatchQueue>('batches', up),
    slices: channel.remote<SliceQueue>('slices', up),
    answers: channel.remote<Answers>('answers', up),
    histories: channel.remote<Histories>('histories', up),
    plans: channel.remote<Plans>('plans', up),
  }),
);
// A failure to open is told by `start`; without this it would end the thread before anybody asks.
opened.catch(() => {});
