import { Worker } from 'node:worker_threads';
import {
  collectTransitions,
  partSteps,
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
import { meetingMemory, meetingsHeld } from './meet.ts';
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
  control.signal?.throwIfAborted();
  const plan = planEase(interactions, settings, { parts: control.threads, shared: true });
  await runParts({ model: 'ease', plan }, control);
  return weightsOf(plan);
}

/** The same for `trainTransition`. */
export async function trainTransitionInThreads(
  sequences: Sequences,
  settings: TransitionSettings,
  control: PartsControl,
): Promise<ItemWeights> {
  control.signal?.throwIfAborted();
  const plan = planTransition(sequences, settings, { parts: control.threads, shared: true });
  await runParts({ model: 'transition', plan }, control);
  return collectTransitions(plan);
}

async function runParts(work: PartTask['work'], { threads, signal, onProgress }: PartsControl): Promise<void> {
  const meetings = meetingMemory();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const workers = Array.from({ length: threads }, (_, part) => openPart({ work, part, meetings }));
  const timer = setInterval(() => onProgress?.(meetingsHeld(meetings) / partSteps(work.plan)), progressEachMs);
  try {
    await Promise.race([Promise.all(workers.map(({ done }) => done)), stopped.promise]);
    onProgress?.(1);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map(({ thread }) => thread.terminate()));
  }
}

function openPart(task: PartTask): { thread: Worker; done: Promise<void> } {
  const thread = new Worker(new URL('./train-part-thread.ts', import.meta.url), { workerData: task });
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: unknown): void =>
    reject(new AppError('TRAINING_FAILED', `a training thread ended: ${messageOf(cause)}`, { cause }));
  thread.once('message', () => resolve());
  thread.once('error', fail);
  thread.once('exit', (code) => fail(new Error(`code ${code}`)));
  // Of several that fail together the first is told; the others must not end the process.
  done.catch(() => {});
  return { thread, done };
}
