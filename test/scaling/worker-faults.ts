import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '@reelay/shared/testing';
import { followLoad, type LoadAnswer } from './follow-load.ts';
import type { ScalingPlatform } from './scaling-platform.ts';

export interface WorkerFaultOptions {
  killEveryMs: number;
  kills: number;
  /** How long no metrics reach the autoscaler. */
  blindMs: number;
  /** After each fault the wanted number of workers runs again within this. */
  backWithinMs: number;
}

export interface WorkerFaultRun {
  /** What broke; empty when nothing did. */
  faults: string[];
  /** A line for people each fault. */
  table: string;
}

const perSecond = 120;
/** 120/s at 20 ms a job keep 2.4 workers busy. */
const [fewest, most] = [3, 5];
const deadlineMs = 600;

/** Faults one after the other while requests go on. Each has hit when the workers were short, or the autoscaler away or blind, while requests came. */
export async function withWorkerFaults(
  platform: ScalingPlatform,
  options: WorkerFaultOptions,
): Promise<WorkerFaultRun> {
  const { autoscaler, rabbitmq, blindFile } = platform;
  const lines: string[] = [];
  const faults: string[] = [];
  const outages: Outage[] = [];
  const end = new AbortController();
  const answering = answersUntil(platform, end.signal);
  const strike = async (name: string, act: () => Promise<unknown>) => {
    await act();
    const struckAt = performance.now();
    const back = await untilEnough(platform, options.backWithinMs);
    lines.push(
      `${name}: ${back ? `enough workers ${Math.round(performance.now() - struckAt)} ms after` : 'not enough workers in time'}`,
    );
    if (!back) faults.push(`${name}: not enough workers within ${options.backWithinMs} ms`);
  };
  try {
    await waitUntil('enough workers run', () => enough(platform), 30_000);
    for (let kill = 1; kill <= options.kills; kill++) {
      const next = pause(options.killEveryMs);
      await strike(`worker ${kill} killed`, () => killWorker(platform, kill));
      await next;
    }
    const before = await ids(platform);
    await strike('autoscaler killed', async () => {
      await autoscaler.kill();
      await pause(2_000);
      await autoscaler.start();
    });
    const adopted = (await ids(platform)).filter((id) => before.includes(id)).length;
    if (adopted === 0) faults.push('the new autoscaler adopted no worker');
    const away = { from: performance.now(), until: 0 };
    await strike('RabbitMQ restarted', async () => {
      await rabbitmq.stop();
      await rabbitmq.start();
    });
    away.until = performance.now();
    outages.push(away);
    await strike('no metrics', () => blind(platform, blindFile, options.blindMs, faults));
  } finally {
    end.abort();
  }
  faults.push(...(await broken(answering)), ...(await missed(answering, outages)));
  return { faults, table: [...lines, await tableOf(answering)].join('\n') };
}

/** One of the running ones, by the process that its record names. */
async function killWorker(platform: ScalingPlatform, seed: number): Promise<void> {
  const { workers } = await platform.workers();
  const running = workers.filter(({ state }) => state === 'running');
  const { id } = running[seed % running.length];
  const record = JSON.parse(await readFile(join(platform.workersFolder, `${id}.json`), 'utf8')) as {
    identity: { pid: number };
  };
  process.kill(record.identity.pid, 'SIGKILL');
  // Until it is seen as gone, there seem to be enough.
  await waitUntil('the killed worker is missed', async () => !(await ids(platform)).includes(id));
}

async function blind(platform: ScalingPlatform, file: string, forMs: number, faults: string[]): Promise<void> {
  const wanted = await wantedNow(platform);
  await writeFile(file, '');
  await waitUntil('the autoscaler is blind', async () => (await signalsOf(platform))?.busyFraction === null);
  await pause(forMs);
  const still = await wantedNow(platform);
  if (still !== wanted) faults.push(`without metrics the wanted number went from ${wanted} to ${still}`);
  await rm(file);
}

const single = async (platform: ScalingPlatform) =>
  (await platform.workers()).pools.find(({ pool }) => pool === 'single');
const wantedNow = async (platform: ScalingPlatform): Promise<number> => (await single(platform))?.wanted ?? 0;
const signalsOf = async (platform: ScalingPlatform) => (await single(platform))?.signals;
const ids = async (platform: ScalingPlatform): Promise<string[]> =>
  (await platform.workers()).workers.map(({ id }) => id);

async function enough(platform: ScalingPlatform): Promise<boolean> {
  const view = await platform.workers().catch(() => undefined);
  const wanted = view?.pools.find(({ pool }) => pool === 'single')?.wanted ?? 0;
  const running = view?.workers.filter(({ state }) => state === 'running').length ?? 0;
  return wanted >= fewest && wanted <= most && running === wanted;
}

const untilEnough = (platform: ScalingPlatform, withinMs: number): Promise<boolean> =>
  waitUntil('enough workers run', () => enough(platform), withinMs).then(
    () => true,
    () => false,
  );

/** In `performance.now()`. */
interface Outage {
  from: number;
  until: number;
}

interface AskedAnswer extends LoadAnswer {
  /** `performance.now()` when the request was due. */
  askedAt: number;
}

/** Short runs of load, one behind the other, until told to end. */
async function answersUntil(platform: ScalingPlatform, signal: AbortSignal): Promise<AskedAnswer[]> {
  const answers: AskedAnswer[] = [];
  while (!signal.aborted) {
    const startedAt = performance.now();
    const part = await followLoad(platform, [{ perSecond, seconds: 2 }]);
    answers.push(...part.answers.map((answer) => ({ ...answer, askedAt: startedAt + answer.dueMs })));
  }
  return answers;
}

/** A broker that was away without any request noticing it was no fault. */
async function missed(answering: Promise<AskedAnswer[]>, outages: readonly Outage[]): Promise<string[]> {
  const fallbacks = (await answering).filter(({ outcome }) => outcome === 'fallback');
  return outages
    .filter(({ from, until }) => !fallbacks.some(({ askedAt }) => askedAt >= from && askedAt <= until))
    .map(() => 'RabbitMQ was away and every answer was still full');
}

async function broken(answering: Promise<LoadAnswer[]>): Promise<string[]> {
  const answers = await answering;
  const failed = answers.filter(({ outcome }) => outcome === 'failed').length;
  const late = answers.filter(({ latencyMs }) => latencyMs > deadlineMs).length;
  return [
    ...(answers.length === 0 ? ['nothing was asked'] : []),
    ...(failed > 0 ? [`${failed} requests unanswered`] : []),
    ...(late > 0 ? [`${late} answers later than ${deadlineMs} ms`] : []),
  ];
}

async function tableOf(answering: Promise<LoadAnswer[]>): Promise<string> {
  const answers = await answering;
  const of = (outcome: LoadAnswer['outcome']) => answers.filter((answer) => answer.outcome === outcome).length;
  const slowest = Math.max(...answers.map(({ latencyMs }) => latencyMs));
  return `${answers.length} requests: ${of('model')} model, ${of('cache')} cache, ${of('fallback')} fallback, ${of('failed')} failed, slowest ${Math.round(slowest)} ms`;
}
