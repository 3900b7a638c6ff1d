import { openEventLog } from '@reelay/shared/messaging';
import { createRegistry, type AdminRoute } from '@reelay/shared/observability';
import { loadConfig, messageOf, systemClock } from '@reelay/shared/runtime';
import { createSimulator, simulatorConfig, simulatorRoutes } from '@reelay/simulator';
import { seedOnce, type SeedState } from '../seed-once.ts';
import type { ThreadContext, ThreadedService } from './thread-control.ts';

export async function openSimulatorThread({ environment, log }: ThreadContext): Promise<ThreadedService> {
  const config = loadConfig(simulatorConfig, { ...environment, ADMIN_PORT: 'off', SIM_TRAFFIC: 'off' });
  const registry = createRegistry();
  const eventLog = await openEventLog(config.EVENT_LOG_URL);
  const simulator = createSimulator({ config, eventLog, log, registry, clock: systemClock });
  const history = historyRoutes((onProgress, signal) =>
    seedOnce({ eventLog, config, population: simulator.population, signal, onProgress }),
  );
  return {
    service: simulator,
    registry,
    routes: { ...simulatorRoutes(simulator), ...history.routes },
    ready: () => ({ ready: true, parts: { simulator: simulator.stats().traffic } }),
    async close() {
      await history.stop();
      await eventLog.close();
    },
  };
}

type Seed = (onProgress: (progress: { lines: number; of: number }) => void, signal: AbortSignal) => Promise<void>;

/** Generating takes a while and computes all the time, so it is asked for here, in this thread, and its progress is asked for. */
function historyRoutes(seed: Seed): { routes: Record<string, AdminRoute>; stop(): Promise<void> } {
  const abort = new AbortController();
  let state: SeedState = { state: 'idle', lines: 0, of: 0 };
  let running: Promise<void> | undefined;
  const run = async () => {
    state = { ...state, state: 'running' };
    try {
      await seed((progress) => (state = { ...state, ...progress }), abort.signal);
      state = { ...state, state: 'done' };
    } catch (error) {
      state = { ...state, state: 'failed', error: messageOf(error) };
    }
  };
  return {
    routes: {
      'GET /admin/history': () => state,
      'POST /admin/history': () => {
        running ??= run();
        return state;
      },
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
}
