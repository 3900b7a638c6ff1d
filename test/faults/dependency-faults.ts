import { setTimeout as pause } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { percentile, sendOpenLoop, type FaultMode, type OpenLoopAnswer } from '@reelay/shared/testing';
import { deadlineMs } from './answer-phases.ts';
import type { ServingPlatform } from './serving-platform.ts';
import { stalledMsBetween, watchStalls, type Stall } from './watch-stalls.ts';

export const dependencies = ['rabbitmq', 'redis'] as const;
export const dependencyFaults: [string, FaultMode][] = [
  ['dead', 'down'],
  ['black hole', 'blackhole'],
  ['1 s slow', { latencyMs: 1_000 }],
  ['rubbish', 'rubbish'],
];

export interface DependencyPace {
  rate: number;
  calmMs: number;
  faultMs: number;
  /** After the fault, before calm is judged again. */
  recoveryMs: number;
}

/** What callers saw of one fault. Times in milliseconds. */
export interface DependencyRun {
  name: string;
  calm: OutcomeCounts;
  fault: OutcomeCounts;
  recovery: OutcomeCounts;
  /** 99th percentile of the fallbacks from 1.5 s after the strike: then it is known. */
  knownP99Ms: number;
  rssGrowthMiB: number;
}

export interface OutcomeCounts {
  requests: number;
  model: number;
  cache: number;
  fallback: number;
  /** Anything but status 200 with items. */
  failed: number;
  /** Later than 600 ms from when it was due, without the time in which the sender stood still. */
  late: number;
  slowestMs: number;
}

const knownAfterMs = 1_500;
const firstUser = 3_000_000;
let users = 0;

/** One fault under a steady load of users whom nobody has asked for before, so that nothing is answered from the cache. */
export async function runDependencyFault(
  { gateways: [gateway], proxies }: ServingPlatform,
  name: (typeof dependencies)[number],
  [what, mode]: [string, FaultMode],
  { rate, calmMs, faultMs, recoveryMs }: DependencyPace,
): Promise<DependencyRun> {
  const end = new AbortController();
  const watching = watchStalls();
  const sending = sendOpenLoop({
    rate,
    total: Infinity,
    url: () => `${gateway.url}/recommend/${firstUser + users++}`,
    headers: { accept: 'application/json' },
    giveUpMs: 5_000,
    signal: end.signal,
  });
  try {
    await pause(calmMs);
    const [faultAt, rssBefore] = [performance.now(), await rssMiB(gateway.pid)];
    proxies[name].set(mode);
    await pause(faultMs);
    const rssAfter = await rssMiB(gateway.pid);
    const healedAt = performance.now();
    proxies[name].heal();
    await pause(recoveryMs + calmMs);
    end.abort();
    const answers = await sending;
    const due = (from: number, to: number) => answers.filter(({ dueAt }) => dueAt >= from && dueAt < to);
    const count = (some: OpenLoopAnswer[]) => countOutcomes(some, watching.stalls);
    // What was under way when it struck belongs to the fault.
    const isCalm = ({ dueAt, latencyMs }: OpenLoopAnswer) =>
      dueAt + latencyMs < faultAt || dueAt >= healedAt + recoveryMs;
    const known = due(faultAt + knownAfterMs, healedAt).filter(isFallback);
    return {
      name: `${name}: ${what}`,
      calm: count(answers.filter(isCalm)),
      fault: count(answers.filter((answer) => !isCalm(answer) && answer.dueAt < healedAt)),
      recovery: count(due(healedAt, healedAt + recoveryMs)),
      knownP99Ms: percentile(
        known.map(({ latencyMs }) => latencyMs),
        0.99,
      ),
      rssGrowthMiB: rssAfter - rssBefore,
    };
  } finally {
    end.abort();
    proxies[name].heal();
    await sending;
    watching.stop();
  }
}

/** What was broken of the promise to callers; empty when it was kept. Counts only: shares and times belong to the figures. */
export function brokenPromisesOf({ name, calm, fault, recovery }: DependencyRun): string[] {
  const broken: string[] = [];
  for (const [phase, counts] of Object.entries({ calm, fault, recovery })) {
    if (counts.requests < 100) broken.push(`${name}, ${phase}: only ${counts.requests} requests`);
    if (counts.failed > 0) broken.push(`${name}, ${phase}: ${counts.failed} of ${counts.requests} failed`);
    if (counts.late > 0) broken.push(`${name}, ${phase}: ${counts.late} of ${counts.requests} answers late`);
  }
  if (fault.fallback === 0) broken.push(`${name}: the fault hit nothing`);
  if (calm.fallback * 100 > calm.requests) broken.push(`${name}, calm: ${calm.fallback} of ${calm.requests} fallbacks`);
  return broken;
}

/** Whether a machine without time could be the cause. */
export const isDependencyTiming = (broken: string): boolean =>
  /answers late|calm: \d+ of \d+ fallbacks|only/.test(broken);

export function dependencyTable(runs: DependencyRun[]): string {
  const row = (cells: (string | number)[]) =>
    cells.map((cell, at) => String(cell).padStart(at === 0 ? 24 : 11)).join('');
  const phases = ['calm', 'fault', 'recovery'] as const;
  const lines = runs.flatMap((run) =>
    phases.map((phase) => {
      const { requests, model, cache, fallback, failed, late, slowestMs } = run[phase];
      const extra = phase === 'fault' ? [run.knownP99Ms.toFixed(1), run.rssGrowthMiB.toFixed(1)] : ['', ''];
      const name = phase === 'calm' ? run.name : '';
      return row([name, phase, requests, model, cache, fallback, failed, late, Math.round(slowestMs), ...extra]);
    }),
  );
  const head = [
    '',
    '',
    'requests',
    'model',
    'cache',
    'fallback',
    'failed',
    'late',
    'slowestMs',
    'known p99',
    'RSS +MiB',
  ];
  return [row(head), ...lines].join('\n');
}

export function countOutcomes(answers: OpenLoopAnswer[], stalls: readonly Stall[]): OutcomeCounts {
  const counts = { requests: 0, model: 0, cache: 0, fallback: 0, failed: 0, late: 0, slowestMs: 0 };
  for (const answer of answers) {
    const { dueAt, latencyMs } = answer;
    counts.requests++;
    counts.slowestMs = Math.max(counts.slowestMs, latencyMs);
    if (latencyMs - stalledMsBetween(stalls, dueAt, dueAt + latencyMs) > deadlineMs) counts.late++;
    const outcome = outcomeOf(answer);
    if (outcome === undefined) counts.failed++;
    else counts[outcome]++;
  }
  return counts;
}

const isFallback = (answer: OpenLoopAnswer): boolean => outcomeOf(answer) === 'fallback';

export function outcomeOf({ status, body }: OpenLoopAnswer): 'model' | 'cache' | 'fallback' | undefined {
  const found = status === 200 ? /"outcome":"(model|cache|fallback)".*"items":\[\{/.exec(body)?.[1] : undefined;
  return found as 'model' | 'cache' | 'fallback' | undefined;
}

/** Memory of a process, from Linux; NaN elsewhere. */
export async function rssMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}
