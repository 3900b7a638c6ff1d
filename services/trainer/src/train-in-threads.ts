import { Worker } from 'node:worker_threads';
import { planAls, type AlsFactors, type AlsSettings, type AlsSide, type Interactions } from '@reelay/recommender';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { runSweeps, type SolveHalf, type SweepControl } from './run-sweeps.ts';
import type { RowTask } from './solve-rows-thread.ts';

export interface ThreadsControl extends SweepControl {
  threads: number;
}

const progressEachMs = 100;

/**
 * The training of `trainImplicitAls`, equal bit by bit, by some threads that share its arrays; this one stays free. Rejects with the reason of
 * `signal` within a tenth of a second, and with `TRAINING_FAILED` when a thread fails.
 */
export async function trainInThreads(
  interactions: Interactions,
  settings: AlsSettings,
  { threads, ...control }: ThreadsControl,
): Promise<AlsFactors> {
  control.signal?.throwIfAborted();
  const plan = planAls(interactions, settings, { shared: true });
  const nextRow = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const solvers = Array.from({ length: threads }, () => openSolver({ plan, nextRow }));
  const solveHalf: SolveHalf = async (side, onRows) => {
    const rows = side === 'users' ? interactions.users : interactions.items;
    Atomics.store(nextRow, 0, 0);
    const solved = Promise.all(solvers.map(({ solve }) => solve(side)));
    await whileWaiting(solved, control.signal, () => onRows(Math.min(rows, Atomics.load(nextRow, 0))));
  };
  try {
    const { itemFactors, userFactors } = await runSweeps(plan, solveHalf, control);
    return { itemFactors: itemFactors.slice(), userFactors: userFactors.slice() };
  } finally {
    await Promise.all(solvers.map(({ end }) => end()));
  }
}

/** Waits, tells now and then, and gives up when the signal fires. */
async function whileWaiting(work: Promise<unknown>, signal: AbortSignal | undefined, tell: () => void): Promise<void> {
  const { promise: given, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', giveUp, { once: true });
  const timer = setInterval(tell, progressEachMs);
  try {
    await Promise.race([work, given]);
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', giveUp);
    work.catch(() => {});
  }
}

/** A thread that solves its share of half a sweep each time it is asked. */
function openSolver(task: RowTask) {
  const thread = new Worker(new URL('./solve-rows-thread.ts', import.meta.url), { workerData: task });
  let settle = Promise.withResolvers<void>();
  const fail = (cause: unknown): void =>
    settle.reject(new AppError('TRAINING_FAILED', `a training thread ended: ${messageOf(cause)}`, { cause }));
  thread.on('message', () => settle.resolve());
  thread.once('error', fail);
  thread.once('exit', (code) => fail(new Error(`code ${code}`)));
  return {
    solve(side: AlsSide): Promise<void> {
      settle = Promise.withResolvers<void>();
      thread.postMessage(side);
      return settle.promise;
    },
    async end(): Promise<void> {
      settle.promise.catch(() => {});
      await thread.terminate();
    },
  };
}
