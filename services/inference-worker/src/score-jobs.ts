import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  encodeReceiptBody,
  type Answer,
  type ListRules,
  type RecommendJob,
  type UserHistory,
} from '@reelay/shared/contracts';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import type { LoadedModel } from './load-model.ts';
import { recommendForUsers, type MadeList } from './recommend-for-user.ts';

/** A job with all that its list is made from. */
export interface ScorableJob {
  job: RecommendJob;
  loaded: LoadedModel;
  history: UserHistory;
}

/** What became of a job; `failure` says why it can never be answered. */
export type ScoredJob = { answer: Answer } | { failure: string };

/** Jobs that are scored without a break: about 5 ms at 27,000 items and 64 factors, so heartbeats and timers are in time. */
export const jobsPerTurn = 64;

export interface ScoringHooks<J> {
  clock: Clock;
  /** Asked just before its turn: a job that has waited too long meanwhile is left out. */
  isWanted(job: J): boolean;
  /** The outcomes of a turn, and the seconds that it took. */
  tell(outcomes: Map<J, ScoredJob>, seconds: number): void;
}

/** Scores jobs, all of a version together, in turns of `jobsPerTurn` between which others run. */
export async function scoreJobs<J extends ScorableJob>(
  jobs: readonly J[],
  { clock, isWanted, tell }: ScoringHooks<J>,
): Promise<void> {
  let turns = 0;
  for (const [loaded, own] of Map.groupBy(jobs, (job) => job.loaded)) {
    for (let first = 0; first < own.length; first += jobsPerTurn) {
      if (turns++ > 0) await nextTurn();
      const startedMs = clock.monotonicMs();
      const outcomes = scoreTogether(loaded, own.slice(first, first + jobsPerTurn).filter(isWanted));
      tell(outcomes, (clock.monotonicMs() - startedMs) / 1_000);
    }
  }
}

/** All at once; where that fails, each half for itself, down to the one that is at fault: the others are answered. */
function scoreTogether<J extends ScorableJob>(loaded: LoadedModel, jobs: readonly J[]): Map<J, ScoredJob> {
  if (jobs.length === 0) return new Map();
  try {
    const lists = recommendForUsers(loaded, jobs.map(questionOf));
    return new Map(jobs.map((job, at) => [job, { answer: answerTo(job, lists[at]) }]));
  } catch (error) {
    if (jobs.length === 1) return new Map([[jobs[0], { failure: messageOf(error) }]]);
    const half = jobs.length >> 1;
    return new Map([...scoreTogether(loaded, jobs.slice(0, half)), ...scoreTogether(loaded, jobs.slice(half))]);
  }
}

const questionOf = ({ job, history }: ScorableJob): { history: UserHistory; count: number; rules?: ListRules } => ({
  history,
  count: job.count,
  rules: job.rules,
});

const answerTo = ({ job, history }: ScorableJob, { items, made }: MadeList): Answer => ({
  requestId: job.requestId,
  userId: job.userId,
  modelVersion: job.modelVersion,
  history: { items: history.entries.length, version: history.version },
  items,
  trace: base64Of(encodeReceiptBody(made)),
});

/** Without the copy that `Buffer.from(bytes)` makes. */
const base64Of = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
