import { randomUUID } from 'node:crypto';
import type { Answer, RecommendedItem, UserHistory, UserResult } from '@reelay/shared/contracts';
import type { LoadedModel } from '../load-model.ts';
import { recommendForUsers, type MadeList } from '../recommend-for-user.ts';
import { traceOf } from '../write-trace.ts';

/** Lengths of the lists: of the results, and of what is kept as the user's latest answer. */
export interface ListLengths {
  count: number;
  keptCount: number;
}

export interface ScoredChunk {
  results: UserResult[];
  /** For the cache: of users whose own list could be made. */
  answers: Answer[];
}

/** Lists of users that one model serves, scored as one batch. A user whose list fails is alone with it: they get everybody's, marked. */
export function scoreChunk(loaded: LoadedModel, histories: UserHistory[], lengths: ListLengths): ScoredChunk {
  const count = Math.max(lengths.count, lengths.keptCount);
  // Nothing can be said of a lost history, as for a single request.
  const sound = histories.filter(({ state }) => state !== 'lost');
  const lists = new Map(scoreTogether(loaded, sound, count).map((list, at) => [sound[at].userId, list]));
  const chunk: ScoredChunk = { results: [], answers: [] };
  for (const history of histories) {
    const list = lists.get(history.userId) ?? null;
    chunk.results.push(
      list ? resultOf(loaded, history.userId, list, lengths) : everybodysResult(loaded, history, lengths),
    );
    if (list) chunk.answers.push(answerOf(loaded, history, list, lengths));
  }
  return chunk;
}

/** All at once; where that fails, each half for itself, down to the one that is at fault. */
function scoreTogether(loaded: LoadedModel, histories: UserHistory[], count: number): (MadeList | null)[] {
  if (histories.length === 0) return [];
  try {
    return recommendForUsers(
      loaded,
      histories.map((history) => ({ history, count })),
    );
  } catch {
    if (histories.length === 1) return [null];
    const half = histories.length >> 1;
    return [histories.slice(0, half), histories.slice(half)].flatMap((some) => scoreTogether(loaded, some, count));
  }
}

function everybodysResult(loaded: LoadedModel, { userId }: UserHistory, lengths: ListLengths): UserResult {
  const nobody: UserHistory = { userId: 0, state: 'cold', version: 0, entries: [] };
  const [list] = scoreTogether(loaded, [nobody], lengths.count);
  if (list === null) return { userId, outcome: 'failed', modelVersion: null, items: [] };
  return { ...resultOf(loaded, userId, list, lengths), outcome: 'fallback' };
}

function resultOf(
  { catalogue, version }: LoadedModel,
  userId: number,
  list: MadeList,
  { count }: ListLengths,
): UserResult {
  const items = firstOf(indicesOf(list), count).map(({ index, score, source }) => {
    return { itemId: catalogue[index].itemId, score, source };
  });
  return { userId, outcome: 'model', modelVersion: version, items };
}

/** The same answer that a single request would have got, with how it was made for its receipt. */
function answerOf(
  { version: modelVersion }: LoadedModel,
  { userId, version, entries }: UserHistory,
  list: MadeList,
  { keptCount }: ListLengths,
): Answer {
  const items: RecommendedItem[] = firstOf(list.items, keptCount);
  const made = { ...list.made, list: { form: 'indices' as const, items: firstOf(indicesOf(list), keptCount) } };
  const history = { items: entries.length, version };
  return { requestId: randomUUID(), userId, modelVersion, history, items, trace: traceOf(made) };
}

const indicesOf = ({ made }: MadeList) => (made.list.form === 'indices' ? made.list.items : []);

const firstOf = <T>(items: T[], count: number): T[] => (items.length <= count ? items : items.slice(0, count));
