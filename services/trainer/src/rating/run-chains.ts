import { Worker } from 'node:worker_threads';
import {
  chainSteps,
  inputOf,
  RecommenderError,
  type ChainResult,
  type RatingProgress,
  type TrainingPlan,
} from '@reelay/recommender';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { letOthersRun } from '../let-others-run.ts';
import type { ChainThreadMessage } from './run-chain-thread.ts';

export interface ChainsControl {
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RatingProgress) => void;
}

/** With fewer ratings a thread takes longer to start than a chain saves. */
export const isWorthThreads = (ratings: number): boolean => ratings >= 50_000;

/** The chains of a plan, in their order: in threads where that pays, else here with pauses. The results are the same, bit by bit. */
export const runChains = (plan: TrainingPlan, control: ChainsControl): Promise<ChainResult[]> =>
  isWorthThreads(plan.data.rating.length) ? runChainsInThreads(plan, control) : runChainsHere(plan, control);

async function runChainsHere(plan: TrainingPlan, { signal, onProgress }: ChainsControl): Promise<ChainResult[]> {
  const results: ChainResult[] = [];
  for (const [chain, { part, job }] of plan.tasks.entries()) {
    const steps = chainSteps(inputOf(plan, part), job);
    let step = steps.next();
    while (!step.done) {
      onProgress?.({ ...step.value, chain, chains: plan.tasks.length });
      await letOthersRun(signal);
      step = steps.next();
    }
    results.push(step.value);
  }
  return results;
}

/**
 * A chain a thread at a time; this one stays free. Rejects with the reason of `signal` at once, with the `RecommenderError` of a chain, and with
 * `TRAINING_FAILED` when a thread ends otherwise.
 */
export async function runChainsInThreads(
  plan: TrainingPlan,
  { threads = 1, signal, onProgress }: ChainsControl,
): Promise<ChainResult[]> {
  signal?.throwIfAborted();
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
  return results;
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
