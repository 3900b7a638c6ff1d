import type { Evidence } from './confidence.ts';
import type { Model } from './model.ts';
import { ndcgAt, recallAt } from './metrics.ts';
import { assertCount, assertIndex } from './recommender-error.ts';
import { topK } from './top-k.ts';

export interface TrainRow extends Evidence {
  readonly user: number;
  readonly item: number;
}

export interface TestRow {
  readonly user: number;
  readonly item: number;
}

export interface RankingEvaluation {
  readonly model: Pick<Model, 'items' | 'recommend'>;
  /** What the model may know: history, and left out of the lists. */
  readonly train: Iterable<TrainRow>;
  /** What counts as a hit. A pair that stands in train too is dropped: no list can hold it. */
  readonly test: Iterable<TestRow>;
  /** Group of a user at the place of the id; past its end 0. */
  readonly groupOfUser: Uint8Array;
  readonly k?: number;
}

/** Means over the users with a relevant item, for the model and for the plain list of the most watched; `null` where there is no such user. */
export interface RankingResult {
  readonly k: number;
  readonly users: number;
  readonly ndcg: number | null;
  readonly recall: number | null;
  readonly popularityNdcg: number | null;
  readonly popularityRecall: number | null;
}

/**
 * NDCG@k and recall@k (default 10) of the model and of the popularity list on held-out pairs, over the whole catalogue, never a sample of
 * it. Both leave out the same seen items. Throws `DATA_INVALID` for ids that the model does not know.
 */
export function evaluateRanking({ model, train, test, groupOfUser, k = 10 }: RankingEvaluation): RankingResult {
  assertCount(k, 1, 'k', 'DATA_INVALID');
  const histories = byUser(train, model.items);
  const relevant = relevantByUser(test, histories, model.items);
  const counts = countWatchers(histories, model.items);
  const sums = { ndcg: 0, recall: 0, popularityNdcg: 0, popularityRecall: 0 };
  for (const [user, wanted] of relevant) {
    const seen = histories.get(user) ?? [];
    const history = seen.map(({ item, minutes, rating }) => ({ index: item, minutes, rating }));
    const list = model
      .recommend({ history, seen: [], group: groupOfUser[user] ?? 0, count: k })
      .map(({ index }) => index);
    const popular = popularList(counts, seen, k);
    sums.ndcg += ndcgAt(list, wanted, k);
    sums.recall += recallAt(list, wanted, k);
    sums.popularityNdcg += ndcgAt(popular, wanted, k);
    sums.popularityRecall += recallAt(popular, wanted, k);
  }
  const users = relevant.size;
  const mean = (sum: number): number | null => (users === 0 ? null : sum / users);
  return {
    k,
    users,
    ndcg: mean(sums.ndcg),
    recall: mean(sums.recall),
    popularityNdcg: mean(sums.popularityNdcg),
    popularityRecall: mean(sums.popularityRecall),
  };
}

function byUser(rows: Iterable<TrainRow>, items: number): Map<number, TrainRow[]> {
  const users = new Map<number, TrainRow[]>();
  for (const row of rows) {
    assertPair(row, items);
    const own = users.get(row.user);
    if (own) own.push(row);
    else users.set(row.user, [row]);
  }
  return users;
}

function relevantByUser(
  rows: Iterable<TestRow>,
  histories: Map<number, TrainRow[]>,
  items: number,
): Map<number, Set<number>> {
  const users = new Map<number, Set<number>>();
  for (const row of rows) {
    assertPair(row, items);
    if (histories.get(row.user)?.some(({ item }) => item === row.item)) continue;
    const own = users.get(row.user);
    if (own) own.add(row.item);
    else users.set(row.user, new Set([row.item]));
  }
  return users;
}

function assertPair({ user, item }: TestRow, items: number): void {
  assertIndex(user, Number.MAX_SAFE_INTEGER, 'user', 'DATA_INVALID');
  assertIndex(item, items, 'item', 'DATA_INVALID');
}

function countWatchers(histories: Map<number, TrainRow[]>, items: number): Float64Array {
  const counts = new Float64Array(items);
  for (const rows of histories.values()) {
    for (const item of new Set(rows.map((row) => row.item))) counts[item] += 1;
  }
  return counts;
}

function popularList(counts: Float64Array, seen: readonly TrainRow[], k: number): number[] {
  const excluded = new Uint8Array(counts.length);
  for (const { item } of seen) excluded[item] = 1;
  return topK(counts, k, excluded).map(({ index }) => index);
}
