import { Worker } from 'node:worker_threads';
import { AppError, openThreadChannel, within, type Service } from '@reelay/shared/runtime';
import type { ThreadControl, ThreadData } from './thread-control.ts';

/** A service in a thread of its own, started and stopped like any other. */
export interface ThreadService extends Service {
  readonly control: ThreadControl;
}

const stopWithinMs = 4_000;

/**
 * Starts the thread when the service starts. `exposed` are the ports of this thread that the other one may use. A thread
 * that dies by itself is told to `onDeath`, once.
 */
export function createThreadService(
  data: ThreadData,
  exposed: Record<string, object>,
  onDeath: (error: Error) => void,
): ThreadService {
  const thread = new Worker(new URL('./thread-main.ts', import.meta.url), { workerData: data, name: data.name });
  const channel = openThreadChannel(thread, exposed);
  const control = channel.remote<ThreadControl>('control');
  let stopped = false;
  let failure: Error | undefined;
  thread.on('error', (error) => (failure = error));
  thread.on('exit', (code) => {
    channel.close();
    if (!stopped) onDeath(failure ?? new AppError('NOT_RUNNING', `the ${data.name} thread ended with code ${code}`));
  });
  return {
    name: data.name,
    control,
    start: () => control.start(),
    async stop() {
      if (stopped) return;
      stopped = true;
      await within(stopWithinMs, `stopping the ${data.name}`, control.stop()).catch(() => {});
      await thread.terminate();
    },
  };
}
