import { assertCount, RecommenderError } from '../recommender-error.ts';

/** Share of the catalogue that stands in at least one list: |∪ lists| / items. */
export function coverage(lists: Iterable<readonly number[]>, items: number): number {
  assertCount(items, 1, 'items', 'DATA_INVALID');
  const shown = new Set<number>();
  for (const list of lists) for (const item of list) shown.add(item);
  return shown.size / items;
}

/**
 * Gini coefficient of how often items are shown, over the whole catalogue, those never shown too: with counts x ascending, j from 1,
 * Σ(2j − n − 1)·x_j / (n·Σx). 0: all alike; towards 1: few have all. 0 where nothing is shown.
 */
export function giniOf(lists: Iterable<readonly number[]>, items: number): number {
  assertCount(items, 1, 'items', 'DATA_INVALID');
  const counts = new Float64Array(items);
  for (const list of lists) for (const item of list) counts[item] += 1;
  counts.sort();
  let weighted = 0;
  let total = 0;
  for (let at = 0; at < items; at += 1) {
    weighted += (2 * (at + 1) - items - 1) * counts[at];
    total += counts[at];
  }
  return total === 0 ? 0 : weighted / (items * total);
}

/**
 * Bits of surprise of a list: mean of −log₂(watchers of the item / users) (Vargas and Castells 2011). An item nobody has counts as if one
 * user had it. NaN for an empty list.
 */
export function noveltyOf(list: readonly number[], watchers: ArrayLike<number>, users: number): number {
  if (!(users > 0)) throw new RecommenderError('DATA_INVALID', `${users} users`);
  let bits = 0;
  for (const item of list) bits -= Math.log2(Math.max(1, watchers[item]) / users);
  return bits / list.length;
}

/**
 * Intra-list diversity: mean of 1 − cos(genres_i, genres_j) over the pairs of a list (Ziegler et al. 2005), genres as 0/1 vectors: the
 * cosine of two sets is |A∩B| / √(|A|·|B|), 0 where one is empty. NaN for fewer than two items.
 */
export function intraListDiversity(list: readonly number[], genresOf: readonly ReadonlySet<string>[]): number {
  let distance = 0;
  let pairs = 0;
  for (let a = 0; a < list.length; a += 1) {
    for (let b = a + 1; b < list.length; b += 1) {
      distance += 1 - cosine(genresOf[list[a]], genresOf[list[b]]);
      pairs += 1;
    }
  }
  return distance / pairs;
}

function cosine(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let both = 0;
  for (const genre of a) if (b.has(genre)) both += 1;
  return both / Math.sqrt(a.size * b.size);
}
