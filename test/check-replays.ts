import { decodeReceiptBody, type Receipt } from '@reelay/shared/contracts';
import { errorCode, messageOf } from '@reelay/shared/runtime';
import type { ArtifactStore, Ledger } from '@reelay/shared/storage';
import { createAnswerReplay, type Replay } from '../services/all-in-one/src/replaying/replay-answer.ts';
import type { FoundReceipt } from './follow-receipts.ts';

export interface ReplayCheck {
  answers: number;
  /** Answers whose receipt was not found in time. */
  missing: number;
  /** Of the slowest receipt, from its answer on. */
  foundWithinMs: number;
  /** How many there were: by outcome, on the track of the canary, under rules, with drawn items. */
  seen: Record<Receipt['outcome'] | 'canary' | 'rules' | 'explored', number>;
  /** Made again identically, by outcome. */
  identical: Record<Receipt['outcome'], number>;
  /** Fallbacks that are written out in their receipt: no version made them as a whole. */
  writtenOut: number;
  /** Every list that came out otherwise, or not at all. */
  problems: string[];
}

/** Makes the list of each answer once more. */
export async function checkReplays(
  found: readonly FoundReceipt[],
  deps: { ledger: Pick<Ledger, 'receipt'>; artifacts: ArtifactStore },
): Promise<ReplayCheck> {
  const receipts = found.flatMap(({ receipt }) => receipt ?? []);
  const check: ReplayCheck = {
    answers: found.length,
    missing: found.length - receipts.length,
    foundWithinMs: Math.max(0, ...found.map(({ afterMs }) => afterMs)),
    seen: { model: 0, cache: 0, fallback: 0, canary: 0, rules: 0, explored: 0 },
    identical: { model: 0, cache: 0, fallback: 0 },
    writtenOut: 0,
    problems: [],
  };
  const replay = createAnswerReplay(deps);
  for (const receipt of receipts) {
    count(receipt, check);
    await replay(receipt.requestId).then(
      (made) => note(made, check),
      (error: unknown) => noteError(receipt, error, check),
    );
  }
  return check;
}

function count({ outcome, track, body }: Receipt, { seen }: ReplayCheck): void {
  seen[outcome] += 1;
  if (track === 'canary') seen.canary += 1;
  const { list, rules } = decodeReceiptBody(body);
  if (rules !== undefined) seen.rules += 1;
  if (list.form === 'indices' && list.items.some(({ source }) => source === 'exploration')) seen.explored += 1;
}

function note(replay: Replay, { identical, problems }: ReplayCheck): void {
  if (replay.identical) identical[replay.outcome] += 1;
  else problems.push(JSON.stringify(replay));
}

function noteError({ requestId, outcome }: Receipt, error: unknown, check: ReplayCheck): void {
  if (outcome === 'fallback' && errorCode(error) === 'UNSUPPORTED') check.writtenOut += 1;
  else check.problems.push(`${requestId}: ${messageOf(error)}`);
}
