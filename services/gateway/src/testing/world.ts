import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  emptyPlan,
  type Answer,
  type Enquiry,
  type Plan,
  type RecommendJob,
  type RecommendResponse,
  type Told,
} from '@reelay/shared/contracts';
import { recommendResponse } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openWorkQueue } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock, type Clock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { putTinyModel, waitUntil } from '@reelay/shared/testing';
import { gatewayConfig } from '../config.ts';
import { createGateway, type GatewayDeps } from '../service.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

interface WorldOptions {
  settings?: Record<string, string>;
  clock?: Clock;
  /** Put in place of a port before the gateway gets it: a fault, or a watch on it. */
  change?: (deps: GatewayDeps) => Partial<GatewayDeps>;
  /** The version that is in the store and in the plan; null for a world without any model. */
  version?: string | null;
  /** False leaves the gateway as it was made. */
  start?: boolean;
}

/**
 * Workers of a test come and go without a wait for the next look, its clients do not care how they are cut, and a machine without time does not
 * change what is answered.
 */
const quick = {
  PORT: 0,
  ADMIN_PORT: 0,
  HOST: '127.0.0.1',
  WORKERS_LOOK_MS: 10_000,
  DRAIN_MS: 0,
  LOOP_LATE_MAX_MS: 60_000,
};

/** A gateway on free ports over the embedded adapters, with a tiny model in its store; no worker. */
export async function openWorld({
  settings = {},
  clock = systemClock,
  change,
  version = '1-aaaaaa',
  start = true,
}: WorldOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-gateway-'));
  const { log, lines } = createMemoryLogger();
  const deps: GatewayDeps = {
    config: gatewayConfig.parse({ ...quick, ...settings }),
    queue: await openWorkQueue<RecommendJob>('memory:'),
    answers: await openAnswers('memory:'),
    histories: await openHistories('memory:'),
    plans: await openPlans('memory:'),
    artifacts: await openArtifactStore(`file:${folder}`),
    log,
    registry: createRegistry(),
    clock,
  };
  await deps.histories.markComplete();
  if (version !== null) {
    await putTinyModel(deps.artifacts, { version });
    await deps.plans.announce({ ...emptyPlan, epoch: 1, stable: version, salt: 'first' });
  }
  const gateway = createGateway({ ...deps, ...change?.(deps) });
  if (start) await gateway.start();
  if (start && version !== null)
    await waitUntil('ready lists', () => lines.some(({ msg }) => msg === 'ready lists loaded'));

  const url = (path: string): string => `http://127.0.0.1:${gateway.port}${path}`;
  return {
    ...deps,
    gateway,
    lines,
    url,
    get: (path: string, headers: Record<string, string> = {}) => fetch(url(path), { headers }),
    /** The JSON answer, checked against its contract. */
    async ask(userId: number): Promise<RecommendResponse> {
      const response = await fetch(url(`/recommend/${userId}`), { headers: { accept: 'application/json' } });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      return recommendResponse.parse(await response.json());
    },
    announce: (plan: Partial<Plan>) => deps.plans.announce({ ...emptyPlan, salt: 'first', ...plan }),
    async dispose() {
      await gateway.stop();
      for (const port of [deps.queue, deps.answers, deps.histories, deps.plans, deps.artifacts]) await port.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ids as no other source gives them, so that a list's origin shows. */
export const workerList = (userId: number, modelVersion = '1-aaaaaa'): Answer['items'] =>
  Array.from({ length: 20 }, (_, at) => ({
    id: `worker+${userId}+${modelVersion.slice(0, 1)}+${at}+2001`,
    score: 20 - at,
  }));

/** Answers every job of both slots from the user's present history; `shape` bends what it says. Returns the jobs it took. */
export async function startWorker(
  { queue, answers, histories }: Pick<World, 'queue' | 'answers' | 'histories'>,
  shape: (answer: Answer, job: RecommendJob) => Answer = (answer) => answer,
): Promise<RecommendJob[]> {
  const taken: RecommendJob[] = [];
  for (const slot of ['stable', 'canary'] as const) {
    await queue.consume(slot, { concurrency: 16 }, async (batch) => {
      const jobs = batch.map(({ job }) => job);
      taken.push(...jobs);
      const read = await histories.read(jobs.map(({ userId }) => userId));
      const posts = jobs.map((job, at) => {
        const { requestId, userId, modelVersion } = job;
        const history = { items: read[at]?.entries.length ?? 0, version: read[at]?.version ?? 0 };
        const items = workerList(userId, modelVersion);
        return {
          answer: shape(tell({ requestId, userId, modelVersion, history, items }, job), job),
          replyTo: job.replyTo,
          keep: job.rules === undefined && job.enquiry === undefined,
        };
      });
      await answers.post(posts);
      return batch.map(() => 'done');
    });
  }
  return taken;
}

/** To enquiries it says something, too; the only item that it knows is `heat+1995`. */
function tell(answer: Answer, { enquiry }: RecommendJob): Answer {
  if (enquiry === undefined) return answer;
  const items = enquiry.kind === 'similar' ? [{ id: 'ronin+1998', score: 0.9 }] : [];
  const knows = enquiry.kind === 'vector' || enquiry.itemId === 'heat+1995';
  return { ...answer, items: knows ? items : [], told: knows ? toldOf[enquiry.kind] : { kind: 'unknown-item' } };
}

const toldOf: Record<Enquiry['kind'], Told> = {
  vector: { kind: 'vector', vector: [0.5, -1] },
  similar: { kind: 'similar', by: 'factors' },
  estimate: { kind: 'estimate', rating: 3.75 },
};

/** One more thing watched: the user's history has another version from now on. */
export const watch = (world: Pick<World, 'histories'>, userId: number, itemId = 1_000) =>
  world.histories.merge([{ userId, itemId, minutes: 5, rating: 0, ratedAt: 0, time: 1_700_000_000 + itemId }]);
