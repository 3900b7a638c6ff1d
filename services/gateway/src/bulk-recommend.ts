import { bulkRequest, type BulkResponse } from '@reelay/shared/contracts';
import type { Logger } from '@reelay/shared/observability';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { v7 as uuidv7 } from 'uuid';
import { answerRequest, fallBack, type Reply } from './answer-request.ts';
import { describeItems } from './describe-items.ts';
import type { RecommendDeps } from './handle-recommend.ts';
import { readWishes, type Wishes } from './read-wishes.ts';

export type BulkDeps = RecommendDeps & { log: Logger };

/** Users of one request that are asked for at once: enough to fill a worker's batches, too few to keep single requests waiting. */
const atOnce = 32;

/**
 * Body of `POST /recommendations` → a list for each of its users, in `BULK_TIMEOUT_MS` at most. Each goes the way of a single request; who is
 * not answered in time, or fails, gets the fallback, marked. Throws `REQUEST_INVALID`, and `NOT_RUNNING` when there is no list of any kind.
 */
export async function recommendMany(body: unknown, deps: BulkDeps): Promise<BulkResponse> {
  const { userIds, n } = parse(body);
  const { config, clock } = deps;
  const dueAtMs = clock.monotonicMs() + config.BULK_TIMEOUT_MS;
  const wishes = readWishes(n === undefined ? '' : `n=${n}`, config.LIST_LENGTH);
  const waiting = [...new Set(userIds)];
  const lists: BulkResponse['recommendations'] = {};
  let fallbacks = 0;
  const work = async (): Promise<void> => {
    for (let userId = waiting.pop(); userId !== undefined; userId = waiting.pop()) {
      const reply = await replyTo(userId, { wishes, dueAtMs }, deps);
      const { requestId, outcome, rung, modelVersion, items } = describeItems(reply);
      if (outcome === 'fallback') fallbacks++;
      lists[userId] = { outcome, ...(rung && { rung }), requestId, modelVersion, items };
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { recommendations: lists, users: Object.keys(lists).length, fallbacks };
}

function parse(body: unknown) {
  const parsed = bulkRequest.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new AppError('REQUEST_INVALID', problems.slice(0, 3).join('; '));
}

/** Counted and receipted like the reply to a single request. */
async function replyTo(
  userId: number,
  { wishes, dueAtMs }: { wishes: Wishes; dueAtMs: number },
  deps: BulkDeps,
): Promise<Reply> {
  const { config, clock, counts, receipts, admission, log } = deps;
  const startedMs = clock.monotonicMs();
  const request = {
    requestId: uuidv7(),
    userId,
    wishes,
    dueAtMs: Math.min(dueAtMs, startedMs + config.REPLY_TIMEOUT_MS),
  };
  const ask = async (): Promise<Reply> => {
    if (startedMs >= dueAtMs) return fallBack(request, 'TIMEOUT', deps);
    if (!admission.enter()) return fallBack(request, 'OVERLOAD', deps);
    return answerRequest(request, deps).finally(() => admission.leave());
  };
  const reply = await ask().catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'NOT_RUNNING') throw error;
    log.error({ userId, error: messageOf(error) }, 'one of many could not be answered');
    return fallBack(request, 'ANSWER_INVALID', deps);
  });
  const latencyMs = clock.monotonicMs() - startedMs;
  counts.answered(reply, latencyMs);
  receipts?.add(reply, latencyMs);
  return reply;
}
