import { setTimeout as pause } from 'node:timers/promises';
import type { RecommendResponse } from '@reelay/shared/contracts';
import { sendOpenLoop, type OpenLoopAnswer } from '@reelay/shared/testing';
import { stalledMsBetween, watchStalls, type Stall } from '../faults/watch-stalls.ts';
import type { ScalingPlatform } from './scaling-platform.ts';

/** So many requests a second for so long. */
export interface LoadStep {
  perSecond: number;
  seconds: number;
}

export interface LoadAnswer {
  /** Milliseconds from the start at which the request was due. */
  dueMs: number;
  /** Without the time in which the sender itself did not run. */
  latencyMs: number;
  outcome: 'model' | 'cache' | 'fallback' | 'failed';
}

/** The workers at one moment, milliseconds from the start. */
export interface WorkerLook {
  atMs: number;
  wanted: number;
  running: number;
  draining: number;
}

export interface LoadRun {
  answers: LoadAnswer[];
  looks: WorkerLook[];
}

const lookEveryMs = 200;
let newcomers = 0;

/** Requests of people that nobody heard of (nothing is cached) at the rates of the steps, and the workers meanwhile. */
export async function followLoad(platform: ScalingPlatform, steps: readonly LoadStep[]): Promise<LoadRun> {
  const due = dueTimes(steps);
  const startedAt = performance.now();
  const stalled = watchStalls();
  const end = new AbortController();
  const looking = lookAtWorkers(platform, startedAt, end.signal);
  const answers = await sendOpenLoop({
    rate: 0,
    dueMs: (index) => due[index],
    total: due.length,
    url: () => `${platform.gateway.url}/recommend/${500_000 + (newcomers++ % 500_000)}`,
    headers: { accept: 'application/json' },
    giveUpMs: 10_000,
  });
  end.abort();
  stalled.stop();
  const looks = await looking;
  return { answers: answers.map((answer) => toLoadAnswer(answer, due, stalled.stalls)), looks };
}

/** When each request is due: evenly within its step. */
export const dueTimes = (steps: readonly LoadStep[]): number[] => {
  const due: number[] = [];
  let fromMs = 0;
  for (const { perSecond, seconds } of steps) {
    const requests = Math.round(perSecond * seconds);
    for (let request = 0; request < requests; request++) due.push(fromMs + (request * 1_000) / perSecond);
    fromMs += seconds * 1_000;
  }
  return due;
};

async function lookAtWorkers(platform: ScalingPlatform, startedAt: number, signal: AbortSignal): Promise<WorkerLook[]> {
  const looks: WorkerLook[] = [];
  while (!signal.aborted) {
    const view = await platform.workers().catch(() => undefined);
    const single = view?.pools.find(({ pool }) => pool === 'single');
    if (view && single) {
      const of = (state: string) => view.workers.filter((one) => one.pool === 'single' && one.state === state).length;
      const atMs = performance.now() - startedAt;
      looks.push({ atMs, wanted: single.wanted, running: of('running'), draining: of('draining') });
    }
    await pause(lookEveryMs);
  }
  return looks;
}

const toLoadAnswer = (
  { index, status, body, latencyMs, dueAt }: OpenLoopAnswer,
  due: readonly number[],
  stalls: readonly Stall[],
): LoadAnswer => ({
  dueMs: due[index],
  latencyMs: latencyMs - stalledMsBetween(stalls, dueAt, dueAt + latencyMs),
  outcome: status === 200 ? outcomeOf(body) : 'failed',
});

function outcomeOf(body: string): LoadAnswer['outcome'] {
  try {
    const { outcome, items } = JSON.parse(body) as RecommendResponse;
    return items.length > 0 ? outcome : 'failed';
  } catch {
    return 'failed';
  }
}
