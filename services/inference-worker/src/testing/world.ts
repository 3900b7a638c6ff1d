import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyPlan, type Answer, type Plan, type RecommendJob } from '@reelay/shared/contracts';
import { openAnswers, openHistories, openPlans, openWorkQueue } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock, type Clock } from '@reelay/shared/runtime';
import { openArtifactStore } from '@reelay/shared/storage';
import { waitUntil, type TinyModelOptions } from '@reelay/shared/testing';
import { inferenceWorkerConfig } from '../config.ts';
import { createInferenceWorker, type InferenceWorkerDeps } from '../service.ts';
import { probedModel } from './probed-model.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

interface WorldOptions {
  settings?: Record<string, string>;
  clock?: Clock;
  change?: (deps: InferenceWorkerDeps) => Partial<InferenceWorkerDeps>;
}

/** A worker, not started, over the embedded adapters, and an address to which its answers come. */
export async function openWorld({ settings = {}, clock = systemClock, change }: WorldOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-worker-'));
  const { log, lines } = createMemoryLogger();
  const deps: InferenceWorkerDeps = {
    config: inferenceWorkerConfig.parse({ ADMIN_PORT: 'off', ARTIFACTS_URL: `file:${folder}`, ...settings }),
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
  const arrived = new Map<string, Answer>();
  await deps.answers.listen('here', (answers) => {
    for (const answer of answers) arrived.set(answer.requestId, answer);
  });
  const worker = createInferenceWorker({ ...deps, ...change?.(deps) });
  return {
    ...deps,
    worker,
    lines,
    arrived,
    async put(version: string, options: Partial<TinyModelOptions> = {}) {
      const model = probedModel({ version, ...options });
      await deps.artifacts.put(model.manifest, model.files);
      return model;
    },
    announce: (plan: Partial<Plan>) => deps.plans.announce({ ...emptyPlan, ...plan }),
    /** Publishes a job and waits for its answer. */
    async ask(userId: number, modelVersion: string, slot: 'stable' | 'canary' = 'stable'): Promise<Answer> {
      const requestId = `${userId}-${modelVersion}-${arrived.size}`;
      await deps.queue.publish(slot, { ...aJob, requestId, userId, modelVersion }, { budgetMs: 60_000 });
      await waitUntil(`the answer to ${requestId}`, () => arrived.has(requestId));
      return arrived.get(requestId) as Answer;
    },
    async dispose() {
      await worker.stop();
      for (const port of [deps.queue, deps.answers, deps.histories, deps.plans, deps.artifacts]) await port.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const aJob: RecommendJob = { requestId: 'r1', userId: 42, modelVersion: '1-aaaaaa', count: 20, replyTo: 'here' };
