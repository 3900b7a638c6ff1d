import type { Answer, FallbackReason, Outcome, RecommendResponse } from '@reelay/shared/contracts';
import type { Answers, Histories, WorkQueue } from '@reelay/shared/messaging';
import { AppError, type Clock } from '@reelay/shared/runtime';
import type { Asked, WorkerDesk } from './ask-worker.ts';
import { isUsableList } from './check-list.ts';
import { routeFor, secondRoute, type Route } from './choose-track.ts';
import { fallbackList, type ListOrigin } from './fallback-ladder.ts';
import { findCachedAnswer } from './find-cached-answer.ts';
import type { PlanFollower } from './follow-plan.ts';
import type { LastLists } from './last-lists.ts';

export interface Reply {
  response: RecommendResponse;
  /** What the list is of; never shown to the caller. */
  origin: ListOrigin;
  /** Set for the outcome `fallback`. */
  reason?: FallbackReason;
}

export interface RecommendRequest {
  requestId: string;
  userId: number;
  /** `clock.monotonicMs()` when the request arrived; its time runs from there. */
  arrivedAtMs: number;
}

export interface AnswerDeps {
  config: { REPLY_TIMEOUT_MS: number; LOOKUP_TIMEOUT_MS: number; LIST_LENGTH: number };
  queue: Pick<WorkQueue<unknown>, 'isUp'>;
  answers: Pick<Answers, 'isUp' | 'latest'>;
  histories: Pick<Histories, 'isUp' | 'version'>;
  desk: WorkerDesk;
  follower: PlanFollower;
  lastLists: LastLists;
  clock: Clock;
}

/** The whole way of a request: cache, worker, ladder. Always in time; throws only `NOT_RUNNING`, when there is no list of any kind. */
export async function answerRequest(request: RecommendRequest, deps: AnswerDeps): Promise<Reply> {
  if (!storesAreUp(deps)) return fallBack(request, 'BREAKER_OPEN', deps);
  const route = routeFor(request.userId, deps.follower.plan);
  if (route === null) return fallBack(request, 'NO_MODEL', deps);
  const limitMs = Math.min(deps.config.LOOKUP_TIMEOUT_MS, timeLeft(request, deps));
  const found = await findCachedAnswer({ userId: request.userId, modelVersion: route.version, limitMs }, deps);
  if (found.kind === 'fresh') return accept(request, found.answer, 'cache', deps);
  if ('kept' in found && found.kept && isUsable(found.kept, deps)) deps.lastLists.remember(trimmed(found.kept, deps));
  if (found.kind === 'down') return fallBack(request, 'BREAKER_OPEN', deps);
  if (found.kind === 'lost') return fallBack(request, 'HISTORY_LOST', deps);
  const asked = await askTwice(request, route, found.kind === 'stale' ? found.history.version : null, deps);
  return typeof asked === 'string' ? fallBack(request, asked, deps) : accept(request, asked, 'model', deps);
}

/** False when a port is known to be away: then nothing is asked, and nothing waits. */
export const storesAreUp = ({
  queue,
  answers,
  histories,
}: Pick<AnswerDeps, 'queue' | 'answers' | 'histories'>): boolean => queue.isUp() && answers.isUp() && histories.isUp();

/** The ladder's answer. Throws `NOT_RUNNING` when it has none. */
export function fallBack(
  { requestId, userId }: Pick<RecommendRequest, 'requestId' | 'userId'>,
  reason: FallbackReason,
  { lastLists, follower }: Pick<AnswerDeps, 'lastLists' | 'follower'>,
): Reply {
  const list = fallbackList(userId, { lastLists, ready: follower });
  if (list === null) throw new AppError('NOT_RUNNING', 'no recommendations yet: no model and no base list is loaded');
  const { origin, ...shown } = list;
  return { reason, origin, response: { requestId, userId, outcome: 'fallback', ...shown } };
}

/** Asks the plan's route, and once more another one when no worker has the version; all within the time of the request. */
async function askTwice(
  request: RecommendRequest,
  route: Route,
  historyVersion: number | null,
  deps: AnswerDeps,
): Promise<Answer | FallbackReason> {
  const ask = (on: Route): Promise<Asked> =>
    deps.desk.ask({ ...request, route: on, historyVersion, timeLeftMs: timeLeft(request, deps) });
  let asked = await ask(route);
  if (typeof asked === 'object' && asked.problem === 'VERSION_NOT_LOADED') {
    const other = secondRoute(request.userId, route, deps.follower.plan, deps.follower.before);
    if (other !== null) asked = await ask(other);
  }
  return typeof asked === 'object' && asked.problem !== undefined ? asked.problem : asked;
}

function accept(request: RecommendRequest, found: Answer, outcome: Outcome, deps: AnswerDeps): Reply {
  if (isWithdrawn(found, deps)) return fallBack(request, 'VERSION_WITHDRAWN', deps);
  if (!isUsable(found, deps)) return fallBack(request, 'ANSWER_INVALID', deps);
  const answer = trimmed(found, deps);
  deps.lastLists.remember(answer);
  const { modelVersion, history, items } = answer;
  const { requestId, userId } = request;
  return { origin: { answer }, response: { requestId, userId, outcome, modelVersion, history, items } };
}

/** A plan may have changed while the answer was on its way. */
const isWithdrawn = ({ modelVersion }: Answer, { follower }: AnswerDeps): boolean =>
  follower.plan.withdrawn.includes(modelVersion);

const isUsable = (answer: Answer, deps: AnswerDeps): boolean =>
  isUsableList(trimmed(answer, deps).items, deps.config.LIST_LENGTH);

/** Batch jobs keep longer lists under the same user. */
const trimmed = (answer: Answer, { config }: AnswerDeps): Answer =>
  answer.items.length <= config.LIST_LENGTH ? answer : { ...answer, items: answer.items.slice(0, config.LIST_LENGTH) };

const timeLeft = ({ arrivedAtMs }: RecommendRequest, { config, clock }: AnswerDeps): number =>
  arrivedAtMs + config.REPLY_TIMEOUT_MS - clock.monotonicMs();
