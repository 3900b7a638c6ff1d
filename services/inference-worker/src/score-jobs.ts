import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Answer, RecommendJob, UserHistory } from '@reelay/shared/contracts';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import { seedOf } from './arrange-list.ts';
import type { LoadedModel } from './load-model.ts';
import { recommendForUsers, type ListQuestion, type MadeList } from './recommend-for-user.ts';
import { traceOf } from './write-trace.ts';

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
  explorationShare?: number | undefined;
  /** Asked just before its turn: a job that has waited too long meanwhile is left out. */
  isWanted(job: J, nowMs: number): boolean;
  /** The outcomes of a turn, and the seconds that it took. */
  tell(outcomes: Map<J, ScoredJob>, seconds: number): void;
}

/** Scores jobs, all of a version together, in turns of `jobsPerTurn` between which others run. */
export async function scoreJobs<J extends ScorableJob>(
  jobs: readonly J[],
  { clock, explorationShare = 0, isWanted, tell }: ScoringHooks<J>,
): Promise<void> {
  let turns = 0;
  for (const [loaded, own] of Map.groupBy(jobs, (job) => job.loaded)) {
    for (let first = 0; first < own.length; first += jobsPerTurn) {
      if (turns++ > 0) await nextTurn();
      const startedMs = clock.monotonicMs();
      const wanted = own.slice(first, first + jobsPerTurn).filter((job) => isWanted(job, startedMs));
      const outcomes = scoreTogether(loaded, wanted, explorationShare);
      tell(outcomes, (clock.monotonicMs() - startedMs) / 1_000);
    }
  }
}

/** All at once; where that fails, each half for itself, down to the one that is at fault: the others are answered. */
function scoreTogether<J extends ScorableJob>(
  loaded: LoadedModel,
  jobs: readonly J[],
  explorationShare: number,
): Map<J, ScoredJob> {
  if (jobs.length === 0) return new Map();
  try {
    const lists = recommendForUsers(
      loaded,
      jobs.map((job) => questionOf(job, explorationShare)),
    );
    return new Map(jobs.map((job, at) => [job, { answer: answerTo(job, lists[at]) }]));
  } catch (error) {
    if (jobs.length === 1) return new Map([[jobs[0], { failure: messageOf(error) }]]);
    const half = jobs.length >> 1;
    const halves = [jobs.slice(0, half), jobs.slice(half)];
    return new Map(halves.flatMap((some) => [...scoreTogether(loaded, some, explorationShare)]));
  }
}

/** Who wishes for something gets that and nothing drawn. */
const questionOf = ({ job, history }: ScorableJob, share: number): ListQuestion => ({
  history,
  count: job.count,
  ...(job.rules && { rules: job.rules }),
  ...(share > 0 && !job.rules && { explore: { share, seed: seedOf(job.requestId) } }),
});

const answerTo = ({ job, history }: ScorableJob, { items, reasons, made }: MadeList): Answer => ({
  requestId: job.requestId,
  userId: job.userId,
  modelVersion: job.modelVersion,
  history: { items: history.entries.length, version: history.version },
  items,
  ...(reasons && { reasons }),
  trace: traceOf(made),
});
