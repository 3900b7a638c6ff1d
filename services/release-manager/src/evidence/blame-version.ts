import { trackFor, type FallbackReason, type Plan } from '@reelay/shared/contracts';
import type { SeenReceipt } from '@reelay/shared/storage';
import type { SeenAnswer } from '../verdict/collect-evidence.ts';

/**
 * Whether a fallback speaks against the version of its track. What does not has its cause before any version: an id that is none, a history store
 * that lost its content, a broker that is known to be away, a plan that changed meanwhile. What may be either (`BREAKER_OPEN`, `OVERLOAD`) counts on both
 * tracks; where it is the gateway's own trouble it hits both alike, and the difference stays.
 */
export const blamesVersion: Record<FallbackReason, boolean> = {
  TIMEOUT: true,
  NO_WORKER: true,
  VERSION_NOT_LOADED: true,
  ANSWER_INVALID: true,
  BREAKER_OPEN: true,
  OVERLOAD: true,
  MALFORMED_ID: false,
  NO_MODEL: false,
  HISTORY_LOST: false,
  QUEUE_DOWN: false,
  VERSION_WITHDRAWN: false,
};

/**
 * What a receipt says of its track; null for one that says nothing: nobody's id, a reason that blames no version, and an answer from before its
 * gateway heard of the plan, which has the user on another track. An answer of another version than the track's is none: its own was not there.
 */
export function answerOf(receipt: SeenReceipt, plan: Plan): SeenAnswer | null {
  const { userId, track, outcome, reason, workMs, modelVersion } = receipt;
  if (userId === 0 || track !== trackFor(userId, plan)) return null;
  if (reason !== null && !blamesVersion[reason]) return null;
  return { userId, track, unanswered: outcome === 'fallback' || modelVersion !== plan[track], latencyMs: workMs };
}
