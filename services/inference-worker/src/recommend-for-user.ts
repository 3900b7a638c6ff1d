import {
  foldInMax,
  type ListRules,
  type ReceiptBody,
  type RecommendedItem,
  type UserHistory,
} from '@reelay/shared/contracts';
import type { HistoryItem, RecommendationRequest, ScoredItem } from '@reelay/recommender';
import { applyRules } from './apply-rules.ts';
import type { LoadedModel } from './load-model.ts';

export interface MadeList {
  items: RecommendedItem[];
  /** How it was made, for the receipt. */
  made: ReceiptBody;
}

export interface ListQuestion {
  history: UserHistory;
  count: number;
  rules?: ListRules;
}

/**
 * The lists of some users, each the very one that the user would get alone. The newest `foldInMax` items are folded in; all kept ones are left
 * out as seen. Items that the model does not know (they came after its training) can neither be folded in nor recommended.
 * One question that cannot be answered fails them all.
 */
export function recommendForUsers(loaded: LoadedModel, questions: readonly ListQuestion[]): MadeList[] {
  const prepared = questions.map((question) => prepare(loaded, question));
  const lists = loaded.model.recommendBatch(prepared.map(({ request }) => request));
  return prepared.map(({ offset, request, known, kept }, at) =>
    madeList(loaded, lists[at].slice(offset), { request, known, kept }),
  );
}

function prepare(loaded: LoadedModel, { history, count, rules }: ListQuestion) {
  const known: HistoryItem[] = [];
  for (const { itemId, minutes, rating } of history.entries) {
    const index = loaded.indexOf(itemId);
    if (index !== undefined) known.push({ index, minutes, rating });
  }
  const { offset, named, ...filter } = applyRules(loaded.catalogue, rules);
  const request: RecommendationRequest = {
    history: known.length > foldInMax ? known.slice(0, foldInMax) : known,
    seen: known.slice(foldInMax).map(({ index }) => index),
    group: loaded.groupOf(history.userId),
    count: offset + count,
    ...filter,
  };
  const kept = rules && { rules: { ...rules, count, exclude: named } };
  return { offset, request, known, kept };
}

function madeList(
  { catalogue, model, ratings }: LoadedModel,
  scored: readonly ScoredItem[],
  { request: { history, seen }, known, kept }: Pick<ReturnType<typeof prepare>, 'request' | 'known' | 'kept'>,
): MadeList {
  const source = known.length > 0 ? 'personal' : 'prior';
  const listed = scored.filter(({ index }) => catalogue[index] !== undefined);
  const foretold = ratings?.estimate(history, listed.map(({ index }) => index)); // prettier-ignore
  return {
    items: listed.map(({ index, score }) => ({ id: catalogue[index].id, score })),
    made: {
      list: {
        form: 'indices',
        items: listed.map(({ index, score }, at) => ({
          index,
          score,
          source,
          ...(foretold && { foretold: foretold[at] }),
        })),
      },
      seed: 0,
      propensity: 1,
      kernelBuild: model.kernelBuild,
      ...kept,
      history: [...history],
      seen: [...seen].sort((a, b) => a - b),
    },
  };
}
