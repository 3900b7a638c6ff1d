import type { Answer, FallbackReason, Outcome, RecommendResponse } from '@reelay/shared/contracts';
import type { Answers, Histories } from '@reelay/shared/messaging';
import { AppError, type Clock } from '@reelay/shared/runtime';
import type { Question } from './ask-worker.ts';
import { isUsableList, usableIds } from './check-list.ts';
import { routeFor, secondRoute, type Route } from './choose-track.ts';
import { fallbackList, type ListOrigin } from './fallback-ladder.ts';
import { findCachedAnswer, type Found } from './find-cached-answer.ts';
import type { PlanFollower } from './follow-plan.ts';
import type { LastLists } from './last-lists.ts';
import type { Breaker } from './path-breaker.ts';
import type { Wishes } from './read-wishes.ts';
import type { WorkerPath } from './worker-path.ts';

export interface Reply {
  response: RecommendResponse;
  /** Ids of its items, joined by `,`: absent where nobody has joined them yet. */
  line?: string;
  /** What the list is of; never shown to the caller. */
  origin: ListOrigin;
  /** Set for the outcome `fallback`. */
  reason?: FallbackReason;
  /** How long the workers were waited for, also in vain; absent when nobody was asked. */
  workMs?: number;
}

export interface RecommendRequest {
  requestId: string;
  userId: number;
  wishes: Wishes;
  /** `clock.monotonicMs()` when its time ends: an answer or the fallback then. */
  dueAtMs: number;
}

export interface AnswerDeps {
  config: { LOOKUP_TIMEOUT_MS: number; LIST_LENGTH: number };
  answers: Pick<Answers, 'isUp' | 'latest'>;
  histories: Pick<Histories, 'isUp' | 'version'>;
  /** Of the store of answers and histories. */
  lookups: Breaker;
  workers: WorkerPath;
  follower: PlanFollower;
  lastLists: LastLists;
  clock: Clock;
}

/** The whole way of a request: cache, worker, ladder. Always in time; throws only `NOT_RUNNING`, when there is no list of any kind. */
export async function answerRequest(request: RecommendRequest, deps: AnswerDeps): Promise<Reply> {
  const route = routeFor(request.userId, deps.follower.plan);
  if (route === null) return fallBack(request, 'NO_MODEL', deps);
  const found = await lookUp(request, route, deps);
  if (found === null || found.kind === 'down') return fallBack(request, 'BREAKER_OPEN', deps);
  if (found.kind === 'fresh' && request.wishes.rules === undefined) return accept(request, found.answer, 'cache', deps);
  if ('kept' in found && found.kept && isUsable(found.kept, deps)) deps.lastLists.remember(trimmed(found.kept, deps));
  if (found.kind === 'lost') return fallBack(request, 'HISTORY_LOST', deps);
  const historyVersion = 'history' in found ? found.history.version : null;
  const { asked, workMs } = await askTwice(request, route, historyVersion, deps);
  const reply = typeof asked === 'string' ? fallBack(request, asked, deps) : accept(request, asked, 'model', deps);
  reply.workMs = workMs;
  return reply;
}

/** True while what answers need is not known to be away. */
export const storeIsUp = ({ answers, histories }: Pick<AnswerDeps, 'answers' | 'histories'>): boolean =>
  answers.isUp() && histories.isUp();

/** The ladder's answer. Throws `NOT_RUNNING` when it has none. */
export function fallBack(
  { requestId, userId, wishes }: Pick<RecommendRequest, 'requestId' | 'userId' | 'wishes'>,
  reason: FallbackReason,
  { lastLists, follower }: Pick<AnswerDeps, 'lastLists' | 'follower'>,
): Reply {
  const list = fallbackList(userId, wishes, { lastLists, ready: follower });
  if (list === null) throw new AppError('NOT_RUNNING', 'no recommendations yet: no model and no base list is loaded');
  const { origin, ...shown } = list;
  return { reason, origin, response: { requestId, userId, outcome: 'fallback', ...shown } };
}

/** Null while the store is away, or so slow that nobody waits for it; then now and then somebody looks behind the caller's back. */
async function lookUp(request: RecommendRequest, route: Route, deps: AnswerDeps): Promise<Found | null> {
  if (!storeIsUp(deps)) return null;
  const trial = deps.lookups.isOpen ? deps.lookups.trial() : 'foreground';
  if (trial === 'foreground') return await look(request, route, deps);
  if (trial === 'background') void look(request, route, deps);
  return null;
}

async function look(request: RecommendRequest, { version }: Route, deps: AnswerDeps): Promise<Found> {
  const { lookups, config, lastLists } = deps;
  const { userId } = request;
  const limitMs = Math.min(config.LOOKUP_TIMEOUT_MS, timeLeft(request, deps));
  const lookup = { userId, modelVersion: version, limitMs, held: lastLists.of(userId) };
  const found = await findCachedAnswer(lookup, deps);
  if (found.kind !== 'slow') lookups.succeeded();
  else if (limitMs === config.LOOKUP_TIMEOUT_MS) lookups.failed();
  return found;
}

interface Work {
  asked: Answer | FallbackReason;
  workMs?: number;
}

/** Asks where the user belongs, and once more elsewhere when no worker has the version; all within the time of the request. */
async function askTwice(
  request: RecommendRequest,
  route: Route,
  historyVersion: number | null,
  deps: AnswerDeps,
): Promise<Work> {
  const { workers, follower, clock } = deps;
  const questionOn = (on: Route): Question => question(request, on, historyVersion, deps);
  const { route: first, trial } = workers.reach(route);
  if (trial) void workers.ask({ ...questionOn(trial), requestId: `${request.requestId}-trial` });
  if (typeof first === 'string') return { asked: first };
  const askedAtMs = clock.monotonicMs();
  const done = (asked: Work['asked']): Work => ({ asked, workMs: clock.monotonicMs() - askedAtMs });
  const asked = await workers.ask(questionOn(first));
  if (asked === 'QUEUE_DOWN' || asked === 'OVERLOAD') return { asked };
  if (typeof asked === 'string' || asked.problem === undefined) return done(asked);
  const other =
    asked.problem === 'VERSION_NOT_LOADED' && secondRoute(request.userId, route, follower.plan, follower.before);
  const second = other ? workers.reach(other).route : asked.problem;
  if (typeof second === 'string') return done(asked.problem);
  const askedAgain = await workers.ask(questionOn(second));
  return done(typeof askedAgain === 'string' ? askedAgain : (askedAgain.problem ?? askedAgain));
}

/** Plain lists are made in full length, so that they serve the next caller, too. */
function question(request: RecommendRequest, route: Route, historyVersion: number | null, deps: AnswerDeps): Question {
  const { requestId, userId, wishes } = request;
  const { rules } = wishes;
  const timeLeftMs = timeLeft(request, deps);
  const asked = { requestId, userId, route, historyVersion, timeLeftMs };
  return rules === undefined ? { ...asked, count: deps.config.LIST_LENGTH } : { ...asked, count: wishes.count, rules };
}

function accept(request: RecommendRequest, found: Answer, outcome: Outcome, deps: AnswerDeps): Reply {
  if (isWithdrawn(found, deps)) return fallBack(request, 'VERSION_WITHDRAWN', deps);
  const { requestId, userId, wishes } = request;
  const plain = wishes.rules === undefined;
  const answer = plain ? trimmed(found, deps) : found;
  // To somebody's wishes nothing may be left.
  const ids = plain ? usableIds(answer.items, deps.config.LIST_LENGTH) : usableIds(answer.items, wishes.count, 0);
  if (ids === null) return fallBack(request, 'ANSWER_INVALID', deps);
  if (plain) deps.lastLists.remember(answer);
  const { modelVersion, history } = answer;
  const { count } = wishes;
  const items = answer.items.length <= count ? answer.items : answer.items.slice(0, count);
  const line = (ids.length <= count ? ids : ids.slice(0, count)).join(',');
  return { origin: { answer }, line, response: { requestId, userId, outcome, modelVersion, history, items } };
}

/** A plan may have changed while the answer was on its way. */
const isWithdrawn = ({ modelVersion }: Answer, { follower }: AnswerDeps): boolean =>
  follower.plan.withdrawn.includes(modelVersion);

const isUsable = (answer: Answer, deps: AnswerDeps): boolean =>
  isUsableList(trimmed(answer, deps).items, deps.config.LIST_LENGTH);

/** Batch jobs keep longer lists under the same user. */
const trimmed = (answer: Answer, { config }: AnswerDeps): Answer =>
  answer.items.length <= config.LIST_LENGTH ? answer : { ...answer, items: answer.items.slice(0, config.LIST_LENGTH) };

const timeLeft = ({ dueAtMs }: RecommendRequest, { clock }: AnswerDeps): number => dueAtMs - clock.monotonicMs();
