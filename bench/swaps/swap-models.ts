import { readFile } from 'node:fs/promises';
import { artifactFiles, emptyPlan, type Answer, type Manifest } from '@reelay/shared/contracts';
import { openAnswers, openPlans, openWorkQueue } from '@reelay/shared/messaging';
import type { RecommendJob } from '@reelay/shared/contracts';
import { percentile } from '@reelay/shared/testing/open-loop';
import type { CostWorld } from '../cost/cost-world.ts';
import { sampleJob } from '../cost/sample-job.ts';

export interface SwapsSeen {
  /** Resident MiB of the worker after each swap. */
  residentMiB: number[];
  /** Seconds from the plan to the first answer of its version, each. */
  swapSeconds: number[];
  /** Milliseconds from publish to answer, over all swaps. */
  answerMs: { p50: number; p99: number; max: number };
  answered: number;
  unanswered: number;
}

interface SwapOptions {
  namespace: string;
  swaps: number;
  versions: readonly string[];
  worker: { pid: number; adminUrl: string };
  rate: number;
}

/** Makes the worker go to and fro between versions, jobs all the while, each for a version that can answer. */
export async function swapModels({ urls }: CostWorld, options: SwapOptions): Promise<SwapsSeen> {
  const { namespace, swaps, versions, worker, rate } = options;
  const plans = await openPlans(urls.REDIS_URL, { namespace });
  const load = await startLoad(urls, { namespace, rate, version: versions[0] });
  const seen = { residentMiB: [] as number[], swapSeconds: [] as number[] };
  try {
    for (let swap = 1; swap <= swaps; swap++) {
      const version = versions[swap % versions.length];
      const started = performance.now();
      await plans.announce({ ...emptyPlan, epoch: 1 + swap, stable: version });
      await load.answeredBy(version);
      seen.swapSeconds.push((performance.now() - started) / 1_000);
      load.ask(version);
      await until(async () => (await versionsLoaded(worker.adminUrl)) === 1);
      seen.residentMiB.push(await residentMiB(worker.pid));
    }
    return { ...seen, ...(await load.stop()) };
  } finally {
    await plans.close();
  }
}

/** Jobs at a fixed rate for one version, and now and then one for the version that is to come. */
async function startLoad(
  urls: CostWorld['urls'],
  { namespace, rate, version }: { namespace: string; rate: number; version: string },
) {
  const queue = await openWorkQueue<RecommendJob>(urls.QUEUE_URL, { namespace });
  const answers = await openAnswers(urls.REDIS_URL, { namespace });
  const sentAt = new Map<string, number>();
  const latencies: number[] = [];
  const answering = new Set<string>();
  const take = ({ requestId, modelVersion, problem }: Answer): void => {
    const at = sentAt.get(requestId);
    sentAt.delete(requestId);
    if (at === undefined) return;
    if (problem === undefined) answering.add(modelVersion);
    latencies.push(performance.now() - at);
  };
  await answers.listen('bench', (arrived) => arrived.forEach(take));
  let asked = version;
  let count = 0;
  const send = (modelVersion: string): void => {
    const job = { ...sampleJob(++count, 'bench'), modelVersion };
    sentAt.set(job.requestId, performance.now());
    queue.publish('stable', job, { budgetMs: 5_000 }).catch(() => {});
  };
  const timer = setInterval(() => send(asked), 1_000 / rate);
  return {
    ask: (next: string) => void (asked = next),
    async answeredBy(next: string) {
      answering.delete(next);
      await until(async () => {
        send(next);
        return answering.has(next);
      });
    },
    async stop() {
      clearInterval(timer);
      await until(() => sentAt.size === 0, 6_000).catch(() => {});
      await queue.close();
      await answers.close();
      const answerMs = {
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        max: Math.max(...latencies),
      };
      return { answerMs, answered: latencies.length, unanswered: sentAt.size };
    },
  };
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function versionsLoaded(adminUrl: string): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return Number(/^reelay_worker_versions_loaded (\d+)$/m.exec(text)?.[1]);
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

/** MiB of the files that a worker holds of a version. */
export function artifactMiB({ files }: Manifest): number {
  const held = [artifactFiles.catalogue, artifactFiles.factors, artifactFiles.priors, artifactFiles.users];
  return held.reduce((sum, file) => sum + (files[file]?.bytes ?? 0), 0) / 2 ** 20;
}
