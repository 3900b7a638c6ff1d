import { assertCount, RecommenderError } from './recommender-error.ts';

/**
 * Normalised discounted cumulative gain of the first `k` places with gain 0 or 1 (Järvelin and Kekäläinen 2002):
 * Σ 1/log₂(place + 1) over the relevant places, divided by the same of the best possible list. From 0 to 1; 0 where nothing is relevant. An item that stands twice counts once.
 */
export function ndcgAt(list: readonly number[], relevant: ReadonlySet<number>, k: number): number {
  assertCount(k, 1, 'k', 'DATA_INVALID');
  const hits = new Set<number>();
  let gain = 0;
  for (let place = 0; place < Math.min(k, list.length); place += 1) {
    const item = list[place];
    if (!relevant.has(item) || hits.has(item)) continue;
    hits.add(item);
    gain += 1 / Math.log2(place + 2);
  }
  let ideal = 0;
  for (let place = 0; place < Math.min(k, relevant.size); place += 1) ideal += 1 / Math.log2(place + 2);
  return ideal === 0 ? 0 : gain / ideal;
}

/** Share of the relevant items among the first `k`, of at most `k` that fit in. From 0 to 1; 0 where nothing is relevant. */
export function recallAt(list: readonly number[], relevant: ReadonlySet<number>, k: number): number {
  assertCount(k, 1, 'k', 'DATA_INVALID');
  const hits = new Set(list.slice(0, k).filter((item) => relevant.has(item)));
  return relevant.size === 0 ? 0 : hits.size / Math.min(k, relevant.size);
}

/** Root of the mean squared error. Throws `DATA_INVALID` for lists of different length, of no length, or with a number that is not finite. */
export function rmse(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  if (predicted.length !== actual.length || predicted.length === 0) {
    throw new RecommenderError('DATA_INVALID', `${predicted.length} predictions for ${actual.length} ratings`);
  }
  let squares = 0;
  for (let at = 0; at < predicted.length; at += 1) squares += (predicted[at] - actual[at]) ** 2;
  if (!Number.isFinite(squares)) throw new RecommenderError('DATA_INVALID', 'a prediction or a rating is not finite');
  return Math.sqrt(squares / predicted.length);
}
