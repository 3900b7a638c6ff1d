import type { RecommendResponse } from '@reelay/shared/contracts';
import type { OpenLoopAnswer } from '@reelay/shared/testing';
import { stalledMsBetween, type Stall } from './watch-stalls.ts';

/** Callers give up after this, counted from the moment a request was due. */
export const deadlineMs = 600;
/** After this a thing that is back is in full use again. */
export const recoveryMs = 5_000;

/** `performance.now()` of what was done to the platform. */
export interface FaultTimes {
  faultAt: number;
  /** The thing that failed answers again. */
  backAt: number;
}

export interface FaultRun extends FaultTimes {
  answers: OpenLoopAnswer[];
  /** Users that have a history, which no answer may forget. */
  knownUsers: ReadonlySet<number>;
  /** When the sender itself did not run. That time is forgiven to an answer, and nothing else is. */
  stalls: readonly Stall[];
}

export const phases = ['before', 'fault', 'recovery', 'after'] as const;
export type Phase = (typeof phases)[number];

export interface PhaseCounts {
  requests: number;
  model: number;
  cache: number;
  fallback: number;
  /** Anything but status 200 with an answer in it. */
  failed: number;
  /** Later than `deadlineMs`, without the time in which the sender was stalled. */
  late: number;
  /** Later than `deadlineMs` with that time only. */
  forgiven: number;
  /** Answers to users with a history that were made without it. */
  forgotten: number;
  slowestMs: number;
}

/** Fewer requests than this in a phase prove nothing. */
const requestsMin = 100;

export function countByPhase(run: FaultRun): Record<Phase, PhaseCounts> {
  const counts = Object.fromEntries(phases.map((phase) => [phase, noCounts()])) as Record<Phase, PhaseCounts>;
  for (const answer of run.answers) count(answer, counts[phaseOf(answer, run)], run);
  return counts;
}

/** What breaks the promise; empty when it was kept. */
export function brokenPromises(run: FaultRun): string[] {
  const counts = countByPhase(run);
  const broken: string[] = [];
  const expect = (kept: boolean, what: string) => void (kept || broken.push(what));
  for (const phase of phases) {
    const { requests, failed, late, forgiven, forgotten, slowestMs } = counts[phase];
    expect(requests >= requestsMin, `${phase}: only ${requests} requests`);
    expect(failed === 0, `${phase}: ${failed} of ${requests} requests failed`);
    expect(late === 0, `${phase}: ${late} of ${requests} answers late, the slowest after ${Math.round(slowestMs)} ms`);
    expect(forgiven * 100 <= requests, `${phase}: ${forgiven} of ${requests} answers had to be forgiven`);
    expect(forgotten === 0, `${phase}: ${forgotten} answers without the user's history`);
  }
  for (const phase of ['before', 'after'] as const) {
    const { requests, model, cache, fallback } = counts[phase];
    expect((model + cache) * 100 >= requests * 99, `${phase}: ${fallback} of ${requests} answers are fallbacks`);
  }
  expect(counts.fault.fallback > 0, 'the fault hit nothing: no fallback while it lasted');
  expect(
    counts.before.model + counts.after.model > counts.before.cache + counts.after.cache,
    'most came from the cache',
  );
  return broken;
}

/** Whether a machine without time could be the cause. A wrong answer, or a fault that hit nothing, never is. */
export const isOfTiming = (brokenPromise: string): boolean =>
  / answers (late|had to be forgiven|are fallbacks)/.test(brokenPromise);

/** One line a phase. */
export function phaseTable(title: string, run: FaultRun): string {
  const columns = ['requests', 'model', 'cache', 'fallback', 'failed', 'late', 'forgiven', 'slowestMs'] as const;
  const row = (cells: (string | number)[]) => cells.map((cell) => String(cell).padStart(10)).join('');
  const counts = countByPhase(run);
  const lines = phases.map((phase) => row([phase, ...columns.map((column) => Math.round(counts[phase][column]))]));
  const facts = `back after ${Math.round(run.backAt - run.faultAt)} ms, sender stalled ${Math.round(longestStallMs(run))} ms at most`;
  return [`${title} (${facts})`, row(['', ...columns]), ...lines].join('\n');
}

export const longestStallMs = ({ stalls }: FaultRun): number => Math.max(0, ...stalls.map(({ from, to }) => to - from));

/** A request that was under way when the fault came belongs to the fault. */
function phaseOf({ dueAt, latencyMs }: OpenLoopAnswer, { faultAt, backAt }: FaultTimes): Phase {
  if (dueAt + latencyMs < faultAt) return 'before';
  if (dueAt < backAt) return 'fault';
  return dueAt < backAt + recoveryMs ? 'recovery' : 'after';
}

function count(answer: OpenLoopAnswer, into: PhaseCounts, { knownUsers, stalls }: FaultRun): void {
  into.requests++;
  into.slowestMs = Math.max(into.slowestMs, answer.latencyMs);
  if (answer.latencyMs > deadlineMs) into[isTheSenders(answer, stalls) ? 'forgiven' : 'late']++;
  const response = answer.status === 200 ? readResponse(answer.body) : undefined;
  if (response === undefined) return void into.failed++;
  into[response.outcome]++;
  const personal = response.outcome !== 'fallback';
  if (personal && knownUsers.has(response.userId) && !response.history?.items) into.forgotten++;
}

/** Whether the answer would have been in time, had the sender been there to send and read it. */
const isTheSenders = ({ dueAt, latencyMs }: OpenLoopAnswer, stalls: readonly Stall[]): boolean =>
  latencyMs - stalledMsBetween(stalls, dueAt, dueAt + latencyMs) <= deadlineMs;

function readResponse(body: string): RecommendResponse | undefined {
  try {
    const response = JSON.parse(body) as RecommendResponse;
    return response.items.length > 0 ? response : undefined;
  } catch {
    return undefined;
  }
}

const noCounts = (): PhaseCounts => ({
  requests: 0,
  model: 0,
  cache: 0,
  fallback: 0,
  failed: 0,
  late: 0,
  forgiven: 0,
  forgotten: 0,
  slowestMs: 0,
});
