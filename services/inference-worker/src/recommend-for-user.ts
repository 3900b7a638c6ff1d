import {
  foldInMax,
  type ListRules,
  type ReceiptBody,
  type RecommendedItem,
  type UserHistory,
} from '@reelay/shared/contracts';
import { largestReasons, type HistoryItem, type ListedItem, type RecommendationRequest } from '@reelay/recommender';
import { applyRules } from './apply-rules.ts';
import { arrangeList, candidatesFor, type Arranging, type Exploring } from './arrange-list.ts';
import type { LoadedModel } from './load-model.ts';

export interface MadeList {
  items: RecommendedItem[];
  /** Where they were wished for: of each item the ids of the history that brought it up. */
  reasons?: string[][];
  /** How it was made, for the receipt. */
  made: ReceiptBody;
}

export interface ListQuestion {
  history: UserHistory;
  count: number;
  rules?: ListRules;
  /** Places are drawn from the next best items. */
  explore?: Exploring;
}

/** Of an item, at most. */
const reasonsMax = 3;

/**
 * The lists of some users, each the very one that the user would get alone. The newest `foldInMax` items are folded in; all kept ones are left
 * out as seen. Items that the model does not know (they came after its training) can neither be folded in nor recommended.
 * One question that cannot be answered fails them all.
 */
export function recommendForUsers(loaded: LoadedModel, questions: readonly ListQuestion[]): MadeList[] {
  const prepared = questions.map((question) => prepare(loaded, question));
  const lists = loaded.model.recommendBatch(prepared.map(({ request }) => request));
  return prepared.map((question, at) => madeList(loaded, lists[at], question));
}

function prepare(loaded: LoadedModel, { history, count, rules, explore }: ListQuestion) {
  const known: HistoryItem[] = [];
  const seen: number[] = [];
  for (const { itemId, minutes, rating } of history.entries) {
    const index = loaded.indexOf(itemId);
    if (index === undefined) continue;
    if (known.length < foldInMax) known.push({ index, minutes, rating });
    else seen.push(index);
  }
  const { offset, named, exclude, includeSeen } = applyRules(loaded.catalogue, rules);
  const arranging: Arranging = { offset, count, diversity: rules?.diversity, explore };
  const request: RecommendationRequest = {
    history: known,
    seen,
    group: loaded.groupOf(history.userId),
    count: candidatesFor(arranging),
    exclude,
    includeSeen,
  };
  const kept = rules && { rules: { ...rules, count, exclude: named } };
  return { arranging, request, known, seen, kept, explains: rules?.reasons === true };
}

function madeList(
  loaded: LoadedModel,
  best: readonly ListedItem[],
  { arranging, known: history, seen, kept, explains }: ReturnType<typeof prepare>,
): MadeList {
  const { catalogue, model, ratings } = loaded;
  const { items, propensity } = arrangeList(model, best, arranging);
  const foretold = ratings?.estimate(history, items.map(({ index }) => index)); // prettier-ignore
  return {
    items: items.map(({ index, score }) => ({ id: catalogue[index].id, score })),
    ...(explains && { reasons: reasonsOf(loaded, history, items) }),
    made: {
      list: { form: 'indices', items: foretold ? withForetold(items, foretold) : items },
      ...exploration(arranging, propensity),
      kernelBuild: model.kernelBuild,
      ...kept,
      history,
      seen: seen.sort((a, b) => a - b),
    },
  };
}

const withForetold = (items: readonly ListedItem[], foretold: readonly number[]) =>
  items.map(({ index, score, source }, at) => ({ index, score, source, foretold: foretold[at] }));

const exploration = ({ explore }: Arranging, propensity: number) =>
  explore ? { seed: explore.seed, explorationShare: explore.share, propensity } : { seed: 0, propensity };

/** Text ids of the history's items that add most to each item's score, the first most. */
function reasonsOf(
  { catalogue, model }: LoadedModel,
  history: readonly HistoryItem[],
  listed: readonly ListedItem[],
): string[][] {
  const contributions = model.contributions(history, listed.map(({ index }) => index)); // prettier-ignore
  return contributions.map((reasons) => largestReasons(reasons, reasonsMax).map(({ index }) => catalogue[index].id));
}
