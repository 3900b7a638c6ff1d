import type { EventLog } from '@reelay/shared/messaging';
import { createAdminServer, type AdminRoute, type Logger, type Registry } from '@reelay/shared/observability';
import { AppError, createService, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { SimulatorConfig } from './config.ts';
import { createDetailsApi } from './details-api.ts';
import { startLiveLoop, type LiveLoop } from './live-loop.ts';
import type { TrafficStats } from './live-traffic.ts';
import { createSimulatorMetrics } from './metrics.ts';
import { createPopulation, type Population } from './population.ts';
import { createRequester, type Requester } from './request-recommendations.ts';
import { writeDetails } from './write-details.ts';

export interface SimulatorDeps {
  config: SimulatorConfig;
  eventLog: EventLog;
  log: Logger;
  registry: Registry;
  clock: Clock;
  /** Made from the settings when absent. */
  population?: Population;
  /** Asks the gateway; over HTTP when absent. */
  requester?: () => Requester;
}

export interface SimulatorStats extends TrafficStats {
  traffic: 'on' | 'off';
  /** Log time up to which lines are written, seconds since 1970; 0 before the first traffic. */
  logTime: number;
}

export interface Simulator extends Service {
  stats(): SimulatorStats;
  /** People come, from the end of the log on; nothing when they come already. Rejects with `NOT_RUNNING` before the start. */
  startTraffic(): Promise<void>;
  /** Nobody comes any more; resolves when what is in hand is written. */
  stopTraffic(): Promise<void>;
  readonly population: Population;
}

const noTraffic: TrafficStats = {
  requests: 0,
  inTime: 0,
  skipped: 0,
  lines: 0,
  dirty: 0,
  viewings: 0,
  ratings: 0,
  watchedRecommended: 0,
};

/** The population, its requests to the gateway and its lines in the event log. */
export function createSimulator(deps: SimulatorDeps): Simulator {
  const { config, log, clock } = deps;
  const population = deps.population ?? createPopulation({ seed: config.SIM_SEED, preset: config.SIM_PRESET });
  const openRequester =
    deps.requester ??
    (() => createRequester({ baseUrl: config.GATEWAY_URL, clock, deadlineMs: config.SIM_DEADLINE_MS }));
  let loop: LiveLoop | undefined;
  let traffic: Service | undefined;

  const stats = (): SimulatorStats => ({
    ...(loop?.stats() ?? noTraffic),
    traffic: loop?.running ? 'on' : 'off',
    logTime: loop?.logTime() ?? 0,
  });
  createSimulatorMetrics(deps.registry, stats);

  const createTraffic = (): Service =>
    createService('traffic', async (own, signal) => {
      const requester = openRequester();
      own(() => requester.close());
      loop = await startLiveLoop({ ...deps, population, recommend: requester.recommend }, signal);
      own(() => loop?.stop());
      log.info({ rate: config.SIM_RATE, speed: config.SIM_SPEED, logTime: loop.logTime() }, 'traffic runs');
    });

  const service = createService('simulator', async (own) => {
    if (config.DETAILS_DIR) await writeDetails(population, config.DETAILS_DIR);
    await openDetailsApi(deps, population, own);
    await deps.eventLog.ensureTopic(config.EVENT_TOPIC, 1);
    const coming = createTraffic();
    own(() => {
      traffic = undefined;
      return coming.stop();
    });
    traffic = coming;
    if (config.SIM_TRAFFIC === 'on') await coming.start();
    await openAdmin(deps, simulator, own);
  });

  const simulator: Simulator = {
    ...service,
    population,
    stats,
    async startTraffic() {
      if (!traffic) throw new AppError('NOT_RUNNING', 'the simulator is not started');
      await traffic.start();
    },
    async stopTraffic() {
      await traffic?.stop();
    },
  };
  return simulator;
}

/** Control of the traffic, for the admin port. */
export const simulatorRoutes = (simulator: Simulator): Record<string, AdminRoute> => ({
  'GET /admin/stats': () => simulator.stats(),
  'POST /admin/traffic/start': async () => {
    await simulator.startTraffic();
    return simulator.stats();
  },
  'POST /admin/traffic/stop': async () => {
    await simulator.stopTraffic();
    return simulator.stats();
  },
});

async function openDetailsApi({ config, clock, log }: SimulatorDeps, population: Population, own: Own): Promise<void> {
  const { API_PORT: port } = config;
  if (port === 'off') return;
  const api = createDetailsApi({ config: { ...config, API_PORT: port }, population, clock });
  own(() => api.stop());
  await api.start();
  log.info({ port: api.port, year: config.SIM_API_YEAR }, 'details of users and movies are served');
}

async function openAdmin({ config, registry, eventLog }: SimulatorDeps, simulator: Simulator, own: Own): Promise<void> {
  if (config.ADMIN_PORT === 'off') return;
  const admin = createAdminServer({
    port: config.ADMIN_PORT,
    host: config.ADMIN_HOST,
    metrics: () => registry.metrics(),
    ready: () => ({ ready: eventLog.isUp(), parts: { traffic: simulator.stats().traffic } }),
    routes: simulatorRoutes(simulator),
  });
  own(() => admin.stop());
  await admin.start();
}
