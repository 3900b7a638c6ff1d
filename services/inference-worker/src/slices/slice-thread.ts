import { Worker } from 'node:worker_threads';
import type { SliceDelivery, SliceVerdict } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { messageOf, openThreadChannel, within, type Clock } from '@reelay/shared/runtime';
import type { InferenceWorkerConfig } from '../config.ts';
import type { SliceMetrics } from './slice-metrics.ts';
import type { HandleSlice } from './take-slices.ts';

/** Given to the thread at its birth. */
export interface SliceThreadData {
  config: InferenceWorkerConfig;
}

/** How the main thread speaks to it. */
export interface SliceControl {
  handle(delivery: SliceDelivery): Promise<SliceVerdict>;
  /** Slices in hand are given back as they are. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface SliceThread {
  /** Throws when the thread ends meanwhile. */
  handle: HandleSlice;
  close(): Promise<void>;
}

interface SliceThreadDeps {
  config: InferenceWorkerConfig;
  metrics: SliceMetrics;
  log: Logger;
  clock: Clock;
  program?: URL;
}

/** After a time without slices the thread ends, and its model with it; to begin one costs two seconds of a core. */
export const idleMs = 120_000;
/** Of a worker's stop, which is bounded: a thread that gets no core cannot give its slices back. */
export const giveBackWithinMs = 2_000;
const closeWithinMs = 1_500;
const ownProgram = new URL('./slice-thread-main.ts', import.meta.url);

/**
 * Works slices off in a thread of the lowest priority, with stores and models of its own: a single request waits for none of them, and where a core is
 * short a slice does. The thread begins with the first slice; one that died is told, and the next slice begins another.
 */
export function createSliceThread({ config, metrics, log, clock, program = ownProgram }: SliceThreadDeps): SliceThread {
  let running: ReturnType<typeof begin> | undefined;
  let inHand = 0;
  let cancelEnd = (): void => {};

  function begin() {
    const data: SliceThreadData = { config };
    const thread = new Worker(program, { workerData: data, name: 'slices' });
    const channel = openThreadChannel(thread, { metrics });
    const begun = { thread, control: channel.remote<SliceControl>('slices') };
    let failure: unknown;
    thread.on('error', (error) => (failure = error));
    thread.on('exit', (code) => {
      channel.close();
      if (running !== begun) return;
      running = undefined;
      const error = failure === undefined ? undefined : messageOf(failure);
      log.error({ code, error }, 'the thread for slices ended; the next slice begins another');
    });
    return begun;
  }

  async function end(isOrderly = true): Promise<void> {
    const ending = running;
    running = undefined;
    if (ending === undefined) return;
    if (isOrderly) await within(closeWithinMs, 'closing the thread for slices', ending.control.close()).catch(() => {});
    await ending.thread.terminate();
  }

  function endAfter(ms: number, isOrderly: boolean): void {
    cancelEnd();
    cancelEnd = clock.after(ms, () => void end(isOrderly));
  }

  return {
    async handle(delivery, stopping) {
      cancelEnd();
      inHand++;
      const { control } = (running ??= begin());
      const stop = (): void => {
        void control.stop().catch(() => {});
        endAfter(giveBackWithinMs, false);
      };
      stopping.addEventListener('abort', stop, { once: true });
      try {
        return await control.handle(delivery);
      } finally {
        stopping.removeEventListener('abort', stop);
        if (--inHand === 0) endAfter(idleMs, true);
      }
    },
    async close() {
      cancelEnd();
      await end();
    },
  };
}
