import { Worker } from 'node:worker_threads';
import {
  finishTraining,
  planTraining,
  RecommenderError,
  share,
  type ChainResult,
  type FeatureGroup,
  type RatingData,
  type RatingModel,
  type RatingProgress,
  type RatingSettings,
  type TrainingPlan,
} from '@reelay/recommender';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { ChainThreadMessage } from './run-chain-thread.ts';

export interface RatingThreads {
  threads: number;
  signal?: AbortSignal;
  onProgress?: (progress: RatingProgress) => void;
}

/**
 * The training of `trainRatings`, equal bit by bit, a chain a thread at a time; this one stays free. Rejects with the reason of `signal` at once,
 * with the `RecommenderError` of a chain, and with `TRAINING_FAILED` when a thread ends otherwise.
 */
export async function trainRatingsInThreads(
  data: RatingData,
  settings: RatingSettings,
  { threads, signal, onProgress }: RatingThreads,
): Promise<RatingModel> {
  signal?.throwIfAborted();
  const plan = planTraining(shareData(data), settings);
  const results: ChainResult[] = [];
  const nextTask = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const hear = (message: ChainThreadMessage): void => {
    if (message.kind === 'result') results[message.task] = message.result;
    if (message.kind !== 'progress') return;
    const { task: chain, sweep, sweeps, deviation } = message;
    onProgress?.({ chain, chains: plan.tasks.length, sweep, sweeps, deviation });
  };
  const count = Math.max(1, Math.min(threads, plan.tasks.length));
  const runners = Array.from({ length: count }, () => openRunner(plan, nextTask, hear));
  try {
    await orAborted(Promise.all(runners.map(({ done }) => done)), signal);
  } finally {
    await Promise.all(runners.map(({ thread }) => thread.terminate()));
  }
  // With the threads their memory is gone, which the biases take again.
  return finishTraining(plan, results);
}

function openRunner(plan: TrainingPlan, nextTask: Int32Array, hear: (message: ChainThreadMessage) => void) {
  const thread = new Worker(new URL('./run-chain-thread.ts', import.meta.url), { workerData: { plan, nextTask } });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: unknown): void =>
    reject(new AppError('TRAINING_FAILED', `a training thread ended: ${messageOf(cause)}`, { cause }));
  thread.on('message', (message: ChainThreadMessage) => {
    hear(message);
    if (message.kind === 'done') resolve();
    if (message.kind !== 'failed') return;
    if (message.code === undefined) fail(new Error(message.message));
    else reject(new RecommenderError(message.code, message.message));
  });
  thread.once('error', fail);
  thread.once('exit', (code) => fail(new Error(`code ${code}`)));
  // Where one fails the others are ended; what they say of it is of no use.
  done.catch(() => {});
  return { thread, done };
}

async function orAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await Promise.race([work, given]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** The columns in memory that threads share: sent once, whatever their number. */
const shareData = (data: RatingData): RatingData => ({
  ...data,
  user: share(data.user),
  item: share(data.item),
  rating: share(data.rating),
  ...(data.userFeatures && { userFeatures: data.userFeatures.map(shareGroup) }),
  ...(data.itemFeatures && { itemFeatures: data.itemFeatures.map(shareGroup) }),
});

const shareGroup = (group: FeatureGroup): FeatureGroup => ({
  ...group,
  start: share(group.start),
  feature: share(group.feature),
});
