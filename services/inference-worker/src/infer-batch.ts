import { isPlainJob, recommendJob, type Answer, type RecommendJob, type UserHistory } from '@reelay/shared/contracts';
import type { Answers, Delivery, Histories, Verdict } from '@reelay/shared/messaging';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import type { Logger } from '@reelay/shared/observability';
import { answerEnquiry } from './answer-enquiry.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { LoadedModel } from './load-model.ts';
import type { LikenessOf } from './open-likeness.ts';
import { queueWaitSeconds } from './queue-wait.ts';
import { scoreJobs, type ScorableJob, type ScoredJob } from './score-jobs.ts';

export interface InferDeps {
  models: { get(version: string): LoadedModel | undefined };
  histories: Pick<Histories, 'read'>;
  likenessOf: LikenessOf;
  /** Share of the places of plain lists that are drawn from the next best items. */
  explorationShare?: number;
  answers: Pick<Answers, 'post'>;
  metrics: WorkerMetrics;
  log: Logger;
  clock: Clock;
}

/** A delivery on its way through the batch; `verdict` is set as soon as it is known. */
interface Item {
  delivery: Delivery<RecommendJob>;
  verdict?: Verdict;
  answer?: Answer;
}

/**
 * What arrived, answered: one trip for the histories, one for the answers, then the verdicts. Answers go out before the acknowledgement: a crash
 * between the two repeats harmless work, the other order would leave somebody waiting for an answer that nobody owes.
 */
export async function handleBatch(batch: Delivery<RecommendJob>[], deps: InferDeps): Promise<Verdict[]> {
  const items: Item[] = batch.map((delivery) => ({ delivery }));
  deps.metrics.batchSize.observe(batch.length);
  const nowMs = deps.clock.monotonicMs();
  for (const item of items) sortOut(item, deps, nowMs);
  observeWait(items, deps);
  const open = items.filter(isOpen);
  try {
    const histories = open.length > 0 ? await deps.histories.read(open.map(({ delivery }) => delivery.job.userId)) : [];
    const enquiring = await inferAll(open, histories, deps);
    await postAnswers(items, deps);
    // Files of the version may have to be read first; nobody's list waits for that.
    for (const scorable of enquiring) await answerOne(scorable, deps);
    if (enquiring.length > 0) await postAnswers(items, deps);
  } catch (error) {
    deps.log.warn({ jobs: batch.length, error: messageOf(error) }, 'batch not answered');
    for (const item of items) item.verdict ??= afterOutage(item, deps);
  }
  return items.map(({ verdict }) => verdict ?? 'done');
}

async function postAnswers(items: Item[], { answers }: InferDeps): Promise<void> {
  const answered = items.filter(({ verdict, answer }) => verdict === undefined && answer !== undefined);
  if (answered.length > 0) await answers.post(answered.map(postOf));
  for (const item of answered) item.verdict = 'done';
}

async function answerOne({ item, ...enquiring }: ScorableItem, { likenessOf, metrics }: InferDeps): Promise<void> {
  item.answer = await answerEnquiry(enquiring, likenessOf);
  metrics.countJobs('scored');
}

function observeWait(items: Item[], { metrics, clock }: InferDeps): void {
  for (const { delivery } of items) metrics.queueWait.observe(queueWaitSeconds(delivery, clock));
}

const isOpen = ({ verdict, answer }: Item): boolean => verdict === undefined && answer === undefined;

/** Settles what needs no history: poison, jobs that nobody waits for, and versions that are not here. */
function sortOut(item: Item, { models, metrics }: InferDeps, nowMs: number): void {
  const { job } = item.delivery;
  const wrong = isPlainJob(job) ? undefined : recommendJob.safeParse(job).error;
  if (wrong) {
    metrics.countJobs('rejected');
    item.verdict = { reject: `MESSAGE_INVALID: ${wrong.issues[0]?.message ?? 'unknown form'}` };
  } else if (isExpired(item, nowMs)) {
    metrics.countJobs('expired');
    item.verdict = 'done';
  } else if (models.get(job.modelVersion) === undefined) {
    metrics.countJobs('version_not_loaded');
    item.answer = problemAnswer(job, 'VERSION_NOT_LOADED');
  }
}

/** A job on its way through the scoring, with what waits for its outcome. */
type ScorableItem = ScorableJob & { item: Item };

/** Answers all that ask for a list; returns those that ask for something else. */
async function inferAll(open: Item[], histories: UserHistory[], deps: InferDeps): Promise<ScorableItem[]> {
  const { metrics, clock, explorationShare } = deps;
  const scorable = open.flatMap((item, at) => scorableOf(item, histories[at], deps) ?? []);
  const lists = scorable.filter(({ job }) => job.enquiry === undefined);
  await scoreJobs(lists, {
    clock,
    explorationShare,
    isWanted({ item }, nowMs) {
      if (!isExpired(item, nowMs)) return true;
      metrics.countJobs('expired');
      item.verdict = 'done';
      return false;
    },
    tell(outcomes, seconds) {
      metrics.busySeconds.inc(seconds);
      let scored = 0;
      for (const [{ item }, outcome] of outcomes) scored += settle(item, outcome, deps) ? 1 : 0;
      if (scored > 0) metrics.countJobs('scored', scored);
    },
  });
  return lists.length === scorable.length ? [] : scorable.filter(({ job }) => job.enquiry !== undefined);
}

/** The history and the model of a job; where one of them is not there, the answer says so. */
function scorableOf(item: Item, history: UserHistory | undefined, deps: InferDeps): ScorableItem | undefined {
  const { job } = item.delivery;
  const loaded = deps.models.get(job.modelVersion);
  if (history !== undefined && loaded !== undefined && history.state !== 'lost') return { item, job, loaded, history };
  deps.metrics.countJobs(loaded === undefined ? 'version_not_loaded' : 'history_lost');
  item.answer = problemAnswer(job, loaded === undefined ? 'VERSION_NOT_LOADED' : 'HISTORY_LOST');
  return undefined;
}

/** Whether there is an answer. */
function settle(item: Item, outcome: ScoredJob, { metrics, log }: InferDeps): boolean {
  if ('answer' in outcome) {
    item.answer = outcome.answer;
    return true;
  }
  metrics.countJobs('rejected');
  const { requestId, userId } = item.delivery.job;
  log.error({ requestId, userId, error: outcome.failure }, 'job cannot be answered');
  item.verdict = { reject: outcome.failure };
  return false;
}

/**
 * One more try for a job that still has time. After that it is let go: its gateway has its own timer, and a dead store must not fill the dead
 * letters with sound jobs.
 */
function afterOutage(item: Item, { metrics, clock }: InferDeps): Verdict {
  if (item.delivery.attempt === 1 && !isExpired(item, clock.monotonicMs())) return 'retry';
  metrics.countJobs('dropped');
  return 'done';
}

const isExpired = ({ delivery }: Item, nowMs: number): boolean => nowMs - delivery.takenAtMs >= delivery.budgetLeftMs;

const problemAnswer = (
  { requestId, userId, modelVersion }: RecommendJob,
  problem: NonNullable<Answer['problem']>,
): Answer => ({ requestId, userId, modelVersion, history: { items: 0, version: 0 }, items: [], problem });

const postOf = ({ delivery: { job }, answer }: Item) => ({
  answer: answer as Answer,
  replyTo: job.replyTo,
  ...((job.rules !== undefined || job.enquiry !== undefined) && { keep: false }),
});
