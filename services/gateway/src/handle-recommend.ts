import { v7 as uuidv7 } from 'uuid';
import { AppError, errorCode, type Clock } from '@reelay/shared/runtime';
import type { Admission } from './admit-request.ts';
import { answerRequest, fallBack, type AnswerDeps, type Reply } from './answer-request.ts';
import type { GatewayConfig } from './config.ts';
import type { AnswerCounts } from './count-answers.ts';
import type { ReceiptGatherer } from './gather-receipts.ts';
import { readUserId } from './read-user-id.ts';

export interface RecommendDeps extends AnswerDeps {
  config: GatewayConfig;
  admission: Admission;
  counts: AnswerCounts;
  /** Told of every reply; null where no receipts are kept. */
  receipts: Pick<ReceiptGatherer, 'add'> | null;
  clock: Clock;
}

/** One request from its raw id to its counted reply. Throws `USER_ID_INVALID` and `NOT_RUNNING`, counted too. */
export async function handleRecommend(segment: string, deps: RecommendDeps): Promise<Reply> {
  const arrivedAtMs = deps.clock.monotonicMs();
  try {
    const reply = await replyTo(segment, arrivedAtMs, deps);
    const latencyMs = deps.clock.monotonicMs() - arrivedAtMs;
    deps.counts.answered(reply, latencyMs);
    deps.receipts?.add(reply, latencyMs);
    return reply;
  } catch (error) {
    deps.counts.failed(errorCode(error) ?? 'INTERNAL', error);
    throw error;
  }
}

async function replyTo(segment: string, arrivedAtMs: number, deps: RecommendDeps): Promise<Reply> {
  const requestId = uuidv7();
  const userId = userIdOf(segment, deps.config);
  if (userId === null) return fallBack({ requestId, userId: 0 }, 'MALFORMED_ID', deps);
  if (!deps.admission.enter()) return fallBack({ requestId, userId }, 'OVERLOAD', deps);
  return answerRequest({ requestId, userId, arrivedAtMs }, deps).finally(() => deps.admission.leave());
}

/** Null for an id that is none, where the settings say to answer those all the same. */
function userIdOf(segment: string, { MALFORMED_IDS }: GatewayConfig): number | null {
  try {
    return readUserId(segment);
  } catch (error) {
    if (MALFORMED_IDS === 'answer' && error instanceof AppError && error.code === 'USER_ID_INVALID') return null;
    throw error;
  }
}
