import { ndcgAt, topK } from '../../packages/recommender/src/index.ts';
import type { BlendScorer } from './ranking-blend.ts';
import type { RankedRow } from './ranking-movielens.ts';

/** A user to be ranked for: what the model may know, what is left out of the list, what is wanted. */
export interface RankedUser {
  readonly history: readonly RankedRow[];
  readonly seen: Iterable<number>;
  readonly wanted: ReadonlySet<number>;
}

export interface RankingFigures {
  readonly ndcg: number;
  /** Hits among the first `recallAt`, of all that is wanted. */
  readonly recall: number;
  readonly users: number;
}

/** Means over the users who want anything, over the whole catalogue. */
export function rankUsers(
  score: BlendScorer,
  users: Iterable<RankedUser>,
  { items, k, recallAt = k }: { items: number; k: number; recallAt?: number },
): RankingFigures {
  const excluded = new Uint8Array(items);
  const sums = { ndcg: 0, recall: 0, users: 0 };
  for (const { history, seen, wanted } of users) {
    if (wanted.size === 0) continue;
    excluded.fill(0);
    for (const item of seen) excluded[item] = 1;
    const list = topK(score(history, excluded), Math.max(k, recallAt), excluded).map(({ index }) => index);
    sums.ndcg += ndcgAt(list, wanted, k);
    sums.recall += list.slice(0, recallAt).filter((item) => wanted.has(item)).length / wanted.size;
    sums.users += 1;
  }
  if (sums.users === 0) throw new Error('there is no user to rank for');
  return { ndcg: sums.ndcg / sums.users, recall: sums.recall / sums.users, users: sums.users };
}

export const itemsOf = (rows: readonly RankedRow[]): Set<number> => new Set(rows.map(({ item }) => item));
