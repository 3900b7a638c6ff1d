import {
  encodeReceiptBody,
  recommendJob,
  type Answer,
  type RecommendJob,
  type UserHistory,
} from '@reelay/shared/contracts';
import type { Answers, Delivery, Histories, Verdict } from '@reelay/shared/messaging';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import type { Logger } from '@reelay/shared/observability';
import type { WorkerMetrics } from './metrics.ts';
import type { LoadedModel } from './load-model.ts';
import { recommendForUser, type MadeList } from './recommend-for-user.ts';

export interface InferDeps {
  models: { get(version: string): LoadedModel | undefined };
  histories: Pick<Histories, 'read'>;
  answers: Pick<Answers, 'post'>;
  metrics: WorkerMetrics;
  /** First eight hex digits of the commit that computes; empty when unknown. */
  kernelBuild: string;
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
  for (const item of items) sortOut(item, deps);
  const open = items.filter(isOpen);
  try {
    const histories = open.length > 0 ? await deps.histories.read(open.map(({ delivery }) => delivery.job.userId)) : [];
    inferAll(open, histories, deps);
    const answered = items.filter((item) => item.answer !== undefined);
    if (answered.length > 0) await deps.answers.post(answered.map(postOf));
    for (const item of answered) item.verdict = 'done';
  } catch (error) {
    deps.log.warn({ jobs: batch.length, error: messageOf(error) }, 'batch not answered');
    for (const item of items) item.verdict ??= afterOutage(item, deps);
  }
  return items.map(({ verdict }) => verdict ?? 'done');
}

const isOpen = ({ verdict, answer }: Item): boolean => verdict === undefined && answer === undefined;

/** Settles what needs no history: poison, jobs that nobody waits for, and versions that are not here. */
function sortOut(item: Item, { models, metrics, clock }: InferDeps): void {
  const parsed = recommendJob.safeParse(item.delivery.job);
  if (!parsed.success) {
    metrics.countJob('rejected');
    item.verdict = { reject: `MESSAGE_INVALID: ${parsed.error.issues[0]?.message ?? 'unknown form'}` };
  } else if (isExpired(item, clock)) {
    metrics.countJob('expired');
    item.verdict = 'done';
  } else if (models.get(parsed.data.modelVersion) === undefined) {
    metrics.countJob('version_not_loaded');
    item.answer = problemAnswer(parsed.data, 'VERSION_NOT_LOADED');
  }
}

function inferAll(open: Item[], histories: UserHistory[], deps: InferDeps): void {
  const startedMs = deps.clock.monotonicMs();
  for (const [at, item] of open.entries()) infer(item, histories[at], deps);
  deps.metrics.busySeconds.inc((deps.clock.monotonicMs() - startedMs) / 1_000);
}

/** One job's failure is its own: the others of the batch are answered. */
function infer(item: Item, history: UserHistory | undefined, { models, metrics, log, kernelBuild }: InferDeps): void {
  const { job } = item.delivery;
  const loaded = models.get(job.modelVersion);
  if (history === undefined || loaded === undefined || history.state === 'lost') {
    const problem = loaded === undefined ? 'VERSION_NOT_LOADED' : 'HISTORY_LOST';
    metrics.countJob(loaded === undefined ? 'version_not_loaded' : 'history_lost');
    item.answer = problemAnswer(job, problem);
    return;
  }
  try {
    item.answer = answered(job, history, recommendForUser(loaded, history, job.count, kernelBuild, job.rules));
    metrics.countJob('scored');
  } catch (error) {
    metrics.countJob('rejected');
    log.error({ requestId: job.requestId, userId: job.userId, error: messageOf(error) }, 'job cannot be answered');
    item.verdict = { reject: messageOf(error) };
  }
}

/**
 * One more try for a job that still has time. After that it is let go: its gateway has its own timer, and a dead store must not fill the dead
 * letters with sound jobs.
 */
function afterOutage(item: Item, { metrics, clock }: InferDeps): Verdict {
  if (item.delivery.attempt === 1 && !isExpired(item, clock)) return 'retry';
  metrics.countJob('dropped');
  return 'done';
}

const isExpired = ({ delivery }: Item, clock: Clock): boolean =>
  clock.monotonicMs() - delivery.takenAtMs >= delivery.budgetLeftMs;

const answered = (
  { requestId, userId, modelVersion }: RecommendJob,
  { entries, version }: UserHistory,
  { items, made }: MadeList,
): Answer => ({
  requestId,
  userId,
  modelVersion,
  history: { items: entries.length, version },
  items,
  trace: Buffer.from(encodeReceiptBody(made)).toString('base64'),
});

const problemAnswer = (
  { requestId, userId, modelVersion }: RecommendJob,
  problem: NonNullable<Answer['problem']>,
): Answer => ({ requestId, userId, modelVersion, history: { items: 0, version: 0 }, items: [], problem });

const postOf = ({ delivery: { job }, answer }: Item) => ({
  answer: answer as Answer,
  replyTo: job.replyTo,
  ...(job.rules !== undefined && { keep: false }),
});
