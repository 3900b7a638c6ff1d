import { ndcgAt } from '../metrics.ts';
import { assertCount } from '../recommender-error.ts';

/** What one user's list is worth; each from 0 to 1. */
export interface ListFigures {
  readonly recall: number;
  readonly ndcg: number;
  readonly hit: number;
  readonly reciprocalRank: number;
  readonly precision: number;
}

/**
 * With hits = relevant items among the first `k`, places from 1 on:
 * recall = hits / |relevant|; precision = hits / k; hit = 1 if there is one; reciprocal rank = 1 / place of the first;
 * NDCG = Σ 1/log₂(place + 1) over the hits, by that of the best list of `k`. An item that stands twice counts once.
 * All 0 where nothing is relevant.
 */
export function listFigures(list: readonly number[], relevant: ReadonlySet<number>, k: number): ListFigures {
  assertCount(k, 1, 'k', 'DATA_INVALID');
  const first = list.slice(0, k);
  const hits = new Set(first.filter((item) => relevant.has(item))).size;
  const place = first.findIndex((item) => relevant.has(item)) + 1;
  return {
    recall: relevant.size === 0 ? 0 : hits / relevant.size,
    ndcg: ndcgAt(list, relevant, k),
    hit: hits > 0 ? 1 : 0,
    reciprocalRank: place === 0 ? 0 : 1 / place,
    precision: hits / k,
  };
}
