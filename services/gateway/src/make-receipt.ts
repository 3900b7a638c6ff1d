import { encodeReceiptBody, type Plan, type ReceiptBody, type ReceiptHead } from '@reelay/shared/contracts';
import { listHash } from '@reelay/shared/runtime';
import type { Reply } from './answer-request.ts';
import { trackFor } from './choose-track.ts';
import { lineOf } from './send-answer.ts';

interface Circumstances {
  timeMs: number;
  latencyMs: number;
  plan: Plan;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * What is kept of a reply. The worker's trace is taken as it is; where there is none, what identifies the list. The bytes of `body` hold until the
 * next call.
 */
export function receiptOf(
  { response, reason, origin, workMs, line }: Reply,
  { timeMs, latencyMs, plan }: Circumstances,
): { head: ReceiptHead; modelVersion: string | null; body: Uint8Array } {
  const { requestId, userId, outcome, rung, modelVersion, history, items } = response;
  const head: ReceiptHead = {
    requestId,
    userId,
    timeMs,
    track: trackFor(userId, plan),
    outcome,
    rung: rung ?? null,
    reason: reason ?? null,
    latencyMs,
    workMs: workMs ?? null,
    shown: items.length,
    repeats: 'answer' in origin ? earlier(origin.answer.requestId, requestId) : null,
    history,
    listHash: listHash(userId, line ?? lineOf(items)),
  };
  return { head, modelVersion, body: bodyOf({ response, origin }) };
}

const earlier = (madeFor: string, requestId: string): string | null =>
  madeFor !== requestId && uuid.test(madeFor) ? madeFor : null;

function bodyOf({ response, origin }: Pick<Reply, 'response' | 'origin'>): Uint8Array {
  if ('answer' in origin && origin.answer.trace !== undefined) return bytesOf(origin.answer.trace);
  const { items, modelVersion } = response;
  // A list of a version is found again by its group; any other list is written out.
  const isReady = 'group' in origin && modelVersion !== null;
  return isReady ? plain({ form: 'ready', group: origin.group, count: items.length }) : plain({ form: 'text', items });
}

/** Where a trace is decoded: whoever gets its bytes copies them at once, so that none is made for each. */
const decoded = Buffer.allocUnsafe(16_384);

const bytesOf = (trace: string): Uint8Array =>
  trace.length > decoded.length ? Buffer.from(trace, 'base64') : decoded.subarray(0, decoded.write(trace, 'base64'));

const plain = (list: ReceiptBody['list']): Uint8Array =>
  encodeReceiptBody({ list, seed: 0, propensity: 1, kernelBuild: '', history: [], seen: [] });
