import { setImmediate as nextTurn } from 'node:timers/promises';
import { userAnswersQuery, type Receipt, type UserAnswers, type UserAnswersQuery } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { ReceiptLedger } from '@reelay/shared/storage';
import type { ExplainReceipt } from './explain-receipt.ts';

export interface ListAnswersDeps {
  ledger: Pick<ReceiptLedger, 'receiptsOf'>;
  explain: ExplainReceipt;
  nowMs: number;
}

const dayMs = 86_400_000;
const answersPerTurn = 20;
/** Answers to one user within one millisecond, at the place where a page ends. */
const togetherMax = 100;

/** What a user was answered, oldest first, a page of it. `query` as it was sent; throws `REQUEST_INVALID` and says which parameter. */
export async function listAnswers(
  userId: number,
  query: string,
  { ledger, explain, nowMs }: ListAnswersDeps,
): Promise<UserAnswers> {
  const { from, to = nowMs, limit, after } = readQuery(query);
  const fromMs = after === undefined ? (from ?? to - dayMs) : timeOf(after);
  const found = await ledger.receiptsOf(userId, fromMs, to, limit + 1 + togetherMax);
  const left = after === undefined ? found : found.filter((receipt) => isBehind(receipt, after));
  const page = left.slice(0, limit);
  const answers = [];
  for (const [at, receipt] of page.entries()) {
    // Those who wait for a list come in between.
    if (at % answersPerTurn === answersPerTurn - 1) await nextTurn();
    answers.push(await explain(receipt));
  }
  const last = page.at(-1);
  return { userId, answers, next: last !== undefined && left.length > limit ? placeOf(last) : null };
}

/** A `+` stays one: it is the sign of a zone. */
function readQuery(query: string): UserAnswersQuery {
  const sent = Object.fromEntries(new URLSearchParams(query.replaceAll('+', '%2B')));
  const parsed = userAnswersQuery.safeParse(sent);
  if (parsed.success) return parsed.data;
  const known = Object.keys(userAnswersQuery.shape).join(', ');
  const texts = parsed.error.issues.map(({ code, path, message }) =>
    code === 'unrecognized_keys' ? `the parameters are ${known}` : `${path.join('.')}: ${message}`,
  );
  throw new AppError('REQUEST_INVALID', texts.join('; '));
}

/** In the order of the ledger: time, then request. */
const placeOf = ({ timeMs, requestId }: Receipt): string => `${timeMs}_${requestId}`;
const timeOf = (place: string): number => Number(place.slice(0, place.indexOf('_')));
const isBehind = ({ timeMs, requestId }: Receipt, place: string): boolean =>
  timeMs > timeOf(place) || requestId > place.slice(place.indexOf('_') + 1);
