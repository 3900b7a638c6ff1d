import { parentPort, threadId } from 'node:worker_threads';
import { openThreadChannel } from '@reelay/shared/runtime';
import type { SliceMetrics } from './slice-metrics.ts';
import type { SliceControl } from './slice-thread.ts';

/**
 * In place of a thread that works slices off: job `dies` ends it, `waits` waits until it is stopped, `deaf` longer, any other is rejected with the thread's
 * number.
 */
const stopped = Promise.withResolvers<void>();
const control: SliceControl = {
  async handle({ slice: { jobId } }) {
    if (jobId === 'dies') process.exit(7);
    if (jobId === 'waits') {
      await stopped.promise;
      return 'done';
    }
    if (jobId === 'deaf') await new Promise(() => {});
    metrics.countSlice('dead');
    return { reject: `${threadId}` };
  },
  stop: async () => stopped.resolve(),
  close: async () => {},
};
if (!parentPort) throw new Error('this file is the beginning of a thread');
const metrics = openThreadChannel(parentPort, { slices: control }).remote<SliceMetrics>('metrics');
