import { systemClock } from '@reelay/shared/runtime';
import type { ServiceProcess } from '../faults/service-process.ts';

const lookEveryMs = 100;

/** Starts a process again whenever it has died, as every real platform does. Resolves from `stop` when nothing is started any more. */
export function keepRunning(service: ServiceProcess): { restarts(): number; stop(): Promise<void> } {
  const life = new AbortController();
  let restarts = 0;
  const running = (async () => {
    while (!life.signal.aborted) {
      await systemClock.sleep(lookEveryMs, life.signal);
      if (service.pid !== 0 || life.signal.aborted) continue;
      restarts++;
      // It may die before it is live.
      await service.start().catch(() => {});
    }
  })();
  return {
    restarts: () => restarts,
    async stop() {
      life.abort();
      await running;
    },
  };
}
