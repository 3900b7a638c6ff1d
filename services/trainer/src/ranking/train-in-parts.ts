import { Worker } from 'node:worker_threads';
import {
  collectTransitions,
  doneOf,
  planEase,
  planTransition,
  weightsOf,
  type EaseSettings,
  type Interactions,
  type ItemWeights,
  type Sequences,
  type TransitionSettings,
} from '@reelay/recommender';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { meetingMemory } from './meet.ts';
import type { PartTask } from './train-part-thread.ts';

export interface PartsControl {
  threads: number;
  signal?: AbortSignal;
  /** From 0 to 1, some times a second. */
  onProgress?: (done: number) => void;
}

const progressEachMs = 100;

/**
 * The training of `trainEase`, equal bit by bit, by some threads; this one stays free. Rejects with the reason of `signal`, and with
 * `TRAINING_FAILED` when a thread fails.
 */
export async function trainEaseInThreads(
  interactions: Interactions,
  settings: EaseSettings,
  control: PartsControl,
): Promise<ItemWeights> {
  const { plan } = await runParts(control, (parts) => ({
    model: 'ease' as const,
    plan: planEase(interactions, settings, { parts }),
  }));
  return weightsOf(plan);
}

/** The same for `trainTransition`. */
export async function trainTransitionInThreads(
  sequences: Sequences,
  settings: TransitionSettings,
  control: PartsControl,
): Promise<ItemWeights> {
  const { plan } = await runParts(control, (parts) => ({
    model: 'transition' as const,
    plan: planTransition(sequences, settings, { parts }),
  }));
  return collectTransitions(plan);
}

async function runParts<Work extends PartTask['work']>(
  { threads, signal, onProgress }: PartsControl,
  planWork: (parts: number) => Work,
): Promise<Work> {
  signal?.throwIfAborted();
  // They load while the plan is made.
  const parts = Array.from({ length: threads }, openPart);
  try {
    const work = planWork(threads);
    const meetings = meetingMemory();
    const done = Promise.all(parts.map(({ train }, part) => train({ work, part, meetings })));
    await whileWaiting(done, signal, () => onProgress?.(doneOf(work.plan)));
    onProgress?.(1);
    return work;
  } finally {
    await Promise.all(parts.map(({ end }) => end()));
  }
}

async function whileWaiting(done: Promise<unknown>, signal: AbortSignal | undefined, tell: () => void): Promise<void> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setInterval(tell, progressEachMs);
  try {
    await Promise.race([done, stopped]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

function openPart() {
  const thread = new Worker(new URL('./train-part-thread.ts', import.meta.url));
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: unknown): void =>
    reject(new AppError('TRAINING_FAILED', `a training thread ended: ${messageOf(cause)}`, { cause }));
  thread.once('message', () => resolve());
  thread.once('error', fail);
  thread.once('exit', (code) => fail(new Error(`code ${code}`)));
  // Of several that fail together the first is told; the others must not end the process.
  done.catch(() => {});
  return {
    train(task: PartTask): Promise<void> {
      thread.postMessage(task);
      return done;
    },
    end: async (): Promise<void> => void (await thread.terminate()),
  };
}
