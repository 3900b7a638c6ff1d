import { AppError, errorCode, type Clock } from '@reelay/shared/runtime';
import type { Admission } from './admit-request.ts';
import { answerRequest, fallBack, type AnswerDeps, type Reply } from './answer-request.ts';
import type { GatewayConfig } from './config.ts';
import type { AnswerCounts } from './count-answers.ts';
import type { ReceiptGatherer } from './gather-receipts.ts';
import { readUserId } from './read-user-id.ts';
import { readWishes } from './read-wishes.ts';
import { newRequestId } from './request-id.ts';
import type { LoopWatch } from './watch-loop.ts';

export interface RecommendDeps extends AnswerDeps {
  config: GatewayConfig;
  admission: Admission;
  counts: AnswerCounts;
  loop: Pick<LoopWatch, 'lateMs'>;
  /** Told of every reply; null where no receipts are kept. */
  receipts: Pick<ReceiptGatherer, 'add'> | null;
  clock: Clock;
}

/** A request as it arrived. */
export interface Asking {
  /** What follows the route's path, as it was sent. */
  segment: string;
  /** The query as it was sent, without its `?`; read for callers that prefer JSON. */
  query: string;
  wantsJson: boolean;
  /** The caller's own time-out, where it said one. */
  timeoutMs: number | null;
}

/** What an answer needs from here to a caller who counts in their own time. */
const wayBackMs = 10;

/** One request from its raw id to its counted reply. Throws `USER_ID_INVALID`, `REQUEST_INVALID` and `NOT_RUNNING`, counted too. */
export async function handleRecommend(asking: Asking, deps: RecommendDeps): Promise<Reply> {
  const arrivedAtMs = deps.clock.monotonicMs() - deps.loop.lateMs();
  try {
    const reply = await replyTo(asking, arrivedAtMs, deps);
    const latencyMs = deps.clock.monotonicMs() - arrivedAtMs;
    deps.counts.answered(reply, latencyMs);
    deps.receipts?.add(reply, latencyMs);
    return reply;
  } catch (error) {
    deps.counts.failed(errorCode(error) ?? 'INTERNAL', error);
    throw error;
  }
}

async function replyTo(asking: Asking, arrivedAtMs: number, deps: RecommendDeps): Promise<Reply> {
  const { config, admission } = deps;
  const requestId = newRequestId(deps.clock.now());
  const userId = userIdOf(asking.segment, config);
  // Text is what counts in courses: there no query may cost an answer.
  const wishes = readWishes(asking.wantsJson ? asking.query : '', config.LIST_LENGTH);
  if (userId === null) return fallBack({ requestId, userId: 0, wishes }, 'MALFORMED_ID', deps);
  if (!admission.enter()) return fallBack({ requestId, userId, wishes }, 'OVERLOAD', deps);
  const dueAtMs = arrivedAtMs + budgetMs(asking, config);
  try {
    return await answerRequest({ requestId, userId, wishes, dueAtMs }, deps);
  } finally {
    admission.leave();
  }
}

/** A caller may be in more of a hurry than we are, never in less. */
const budgetMs = ({ timeoutMs }: Asking, { REPLY_TIMEOUT_MS }: GatewayConfig): number =>
  timeoutMs === null ? REPLY_TIMEOUT_MS : Math.min(REPLY_TIMEOUT_MS, timeoutMs - wayBackMs);

/** Null for an id that is none, where the settings say to answer those all the same. */
function userIdOf(segment: string, { MALFORMED_IDS }: GatewayConfig): number | null {
  try {
    return readUserId(segment);
  } catch (error) {
    if (MALFORMED_IDS === 'answer' && error instanceof AppError && error.code === 'USER_ID_INVALID') return null;
    throw error;
  }
}
