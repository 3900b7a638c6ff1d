import type { Router } from 'express';
import { versionsNamed, type RecommendJob } from '@reelay/shared/contracts';
import type { Answers, BatchQueue, Histories, Plans, SliceQueue, WorkQueue } from '@reelay/shared/messaging';
import {
  closeServer,
  createAdminServer,
  listen,
  type Logger,
  type Readiness,
  type Registry,
} from '@reelay/shared/observability';
import { createService, within, type Clock, type Own, type Service } from '@reelay/shared/runtime';
import type { ArtifactStore } from '@reelay/shared/storage';
import { createAdmission, type Admission } from './admit-request.ts';
import { storeIsUp, type Reply } from './answer-request.ts';
import type { GatewayConfig } from './config.ts';
import { createAnswerCounts, type GatewayState } from './count-answers.ts';
import { createPlanFollower, type PlanFollower } from './follow-plan.ts';
import { handleRecommend, type Asking, type RecommendDeps } from './handle-recommend.ts';
import { createHttpListener, createPlainServe } from './http-app.ts';
import { createHttpServer, drainServer } from './http-server.ts';
import { createReceiptStore, openKeeping } from './keep-receipts.ts';
import { createJobMetrics } from './jobs/job-metrics.ts';
import { createLastLists } from './last-lists.ts';
import { createLegacyRoute } from './legacy-route.ts';
import { loadBaseList, loadReadyLists } from './load-ready-lists.ts';
import { openManyRoutes } from './many-routes.ts';
import { createGatewayMetrics } from './metrics.ts';
import { createWorkerLimits, openWorkerPath } from './open-worker-path.ts';
import { createBreaker, type Breaker } from './path-breaker.ts';
import { watchLoop } from './watch-loop.ts';
import type { WorkerPath } from './worker-path.ts';

export interface GatewayDeps {
  config: GatewayConfig;
  queue: WorkQueue<RecommendJob>;
  answers: Answers;
  histories: Histories;
  plans: Plans;
  /** Receipts and feedback go here; without it there are none. */
  batches?: BatchQueue;
  /** Slices of jobs over many users go here; without it there are no such jobs. */
  slices?: SliceQueue;
  artifacts: ArtifactStore;
  log: Logger;
  registry: Registry;
  clock: Clock;
}

export interface Gateway extends Service {
  /** Port it listens on; 0 while it is not up. */
  readonly port: number;
  /** Port of the admin routes; 0 while it is not up, and when they are off. */
  readonly adminPort: number;
  /** Counts since it was made. */
  state(): GatewayState;
}

/** HTTP in front, the queue behind, and always an answer in time; it starts and answers while queue and stores are away. */
export function createGateway(deps: GatewayDeps): Gateway {
  const { config, log } = deps;
  const ports = { public: 0, admin: 0 };
  const lastLists = createLastLists(config.LAST_LISTS_MAX);
  const limits = createWorkerLimits(deps);
  let opened: { follower: PlanFollower; admission: Admission; workers: WorkerPath; lookups: Breaker } | undefined;
  const metrics = createGatewayMetrics(deps.registry, {
    inFlight: () => opened?.admission.inFlight ?? 0,
    jobsInFlight: (track) => limits[track].inFlight,
    jobLimit: (track) => limits[track].limit,
    breakerOpen: () => !storeIsUp(deps) || opened?.lookups.isOpen === true || opened?.workers.isOpen === false,
    planEpoch: () => opened?.follower.plan.epoch ?? 0,
  });
  const counts = createAnswerCounts(metrics, log, deps.clock);
  const receiptStore = createReceiptStore(deps);
  const jobMetrics = createJobMetrics(deps.registry);

  const service = createService('gateway', async (own) => {
    const loop = watchLoop(deps.clock);
    own(() => loop.stop());
    const admission = createAdmission({ inFlightMax: config.IN_FLIGHT_MAX, lateMaxMs: config.LOOP_LATE_MAX_MS, loop });
    const follower = await followPlan(deps, own);
    const workers = await openWorkerPath(deps, limits, metrics, own);
    const lookups = createBreaker({ clock: deps.clock });
    opened = { follower, admission, workers, lookups };
    const keeping = await openKeeping(deps, receiptStore, { workers, follower }, own);
    const { receipts } = keeping;
    const handling: RecommendDeps = { ...deps, ...opened, lastLists, loop, counts, receipts };
    const many = openManyRoutes({ ...handling, slices: deps.slices, log, jobMetrics }, own);
    ports.public = await openPublicPort(handling, keeping.routes.use(many), own);
    own(() => void (ports.public = 0));
    ports.admin = await openAdminPort(deps, follower, own);
    own(() => void (ports.admin = 0));
    log.info({ port: ports.public, adminPort: ports.admin }, 'gateway listens');
  });

  return {
    ...service,
    get port() {
      return ports.public;
    },
    get adminPort() {
      return ports.admin;
    },
    state: () => counts.state(),
  };
}

/** A store that hangs does not keep it from listening. */
const firstListsMs = 700;

async function followPlan({ config, artifacts, plans, log, clock }: GatewayDeps, own: Own): Promise<PlanFollower> {
  const base = config.BASE_LIST === undefined ? null : await loadBaseList(config.BASE_LIST);
  const loadLists = (version: string) => loadReadyLists(version, artifacts);
  const follower = createPlanFollower({ loadLists, base, log, clock });
  own(() => follower.stop());
  const watching = await plans.watch((plan) => {
    follower.adopt(plan);
    void artifacts.keep?.(versionsNamed(plan));
  });
  own(() => watching.stop());
  // Before it listens: beside other gateways on the port, one without lists would answer with a 503 what they could answer.
  await within(firstListsMs, 'the first lists', follower.settled()).catch(() => {});
  return follower;
}

async function openPublicPort(deps: RecommendDeps, keyed: Router, own: Own): Promise<number> {
  const { config, follower } = deps;
  const recommend = (asking: Asking): Promise<Reply> => handleRecommend(asking, deps);
  const app = createHttpListener({
    recommend,
    isReady: () => follower.lists !== null,
    legacy: config.LEGACY_ROUTE === undefined ? null : createLegacyRoute(config.LEGACY_ROUTE),
    keyed,
  });
  const server = createHttpServer(app, {
    connectionsMax: config.CONNECTIONS_MAX,
    plain: createPlainServe({ recommend }),
  });
  own(() => closeServer(server));
  own(() => drainServer(server, config.DRAIN_MS));
  return listen(server, config.PORT, config.HOST, { reusePort: config.REUSE_PORT === 'on' });
}

async function openAdminPort(deps: GatewayDeps, follower: PlanFollower, own: Own): Promise<number> {
  const { config, registry } = deps;
  if (config.ADMIN_PORT === 'off') return 0;
  const admin = createAdminServer({
    port: config.ADMIN_PORT,
    host: config.ADMIN_HOST,
    metrics: () => registry.metrics(),
    ready: () => readiness(deps, follower),
  });
  own(() => admin.stop());
  await admin.start();
  return admin.port;
}

/** Ready when a list can be given, by whatever rung: with queue or stores away, the ladder answers. */
function readiness({ queue, answers, histories, plans }: GatewayDeps, { plan, lists }: PlanFollower): Readiness {
  return {
    ready: lists !== null,
    parts: {
      plan: plan.stable ?? 'none',
      lists: lists === null ? 'none' : (lists.version ?? 'base list'),
      queue: stateOf(queue),
      answers: stateOf(answers),
      histories: stateOf(histories),
      plans: stateOf(plans),
    },
  };
}

const stateOf = (port: { isUp(): boolean }): string => (port.isUp() ? 'up' : 'down');
