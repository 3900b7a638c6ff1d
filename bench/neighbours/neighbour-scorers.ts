import type { BlendScorer } from '../quality/ranking-blend.ts';
import { rowsOfUsers, type RankedRow, type RankedSet } from '../quality/ranking-movielens.ts';

/** A model by neighbours, and what it keeps in memory. */
export interface NeighbourModel {
  readonly score: BlendScorer;
  readonly bytes: number;
}

/** Who has each item, and what each user has. */
function listsOf(set: RankedSet, rows: readonly RankedRow[]) {
  const items = rowsOfUsers(set, rows).map((own) => [...new Set(own.map(({ item }) => item))]);
  const users: number[][] = Array.from({ length: set.items }, () => []);
  for (const [user, own] of items.entries()) for (const item of own) users[item].push(user);
  return { items, users };
}

/** Keeps the `count` largest of some values, by place. */
const largest = (values: Float32Array, places: readonly number[], count: number): number[] =>
  [...places].sort((a, b) => values[b] - values[a] || a - b).slice(0, count);

/**
 * The `count` users whose items have the largest cosine with the history; an item's score is the sum of those cosines over them. Needs every user's
 * items where answers are made.
 */
export function userNeighbours(set: RankedSet, rows: readonly RankedRow[], count: number): NeighbourModel {
  const { items, users } = listsOf(set, rows);
  const cosines = new Float32Array(items.length);
  const scores = new Float32Array(set.items);
  const score: BlendScorer = (history) => {
    const met = meet(users, history, cosines);
    for (const user of met) cosines[user] /= Math.sqrt(items[user].length * history.length);
    scores.fill(0);
    for (const user of largest(cosines, met, count)) for (const item of items[user]) scores[item] += cosines[user];
    cosines.fill(0);
    return scores;
  };
  return { score, bytes: 2 * 4 * rows.length };
}

/** Counts of common entries in `counts`; returns the places that were touched. */
function meet(lists: readonly number[][], history: readonly RankedRow[], counts: Float32Array): number[] {
  const met: number[] = [];
  for (const { item } of history) {
    for (const other of lists[item]) {
      if (counts[other] === 0) met.push(other);
      counts[other] += 1;
    }
  }
  return met;
}

/** Of each item the `count` items with the largest cosine of their users; an item's score is the sum of its cosines with the history. */
export function itemNeighbours(set: RankedSet, rows: readonly RankedRow[], count: number): NeighbourModel {
  const { items, users } = listsOf(set, rows);
  const counts = new Float32Array(set.items);
  const kept = users.map((own, item) => {
    const met: number[] = [];
    for (const user of own) {
      for (const other of items[user]) {
        if (other === item) continue;
        if (counts[other] === 0) met.push(other);
        counts[other] += 1;
      }
    }
    for (const other of met) counts[other] /= Math.sqrt(own.length * users[other].length);
    const best = largest(counts, met, count).map((other) => ({ other, cosine: counts[other] }));
    for (const other of met) counts[other] = 0;
    return best;
  });
  const scores = new Float32Array(set.items);
  const score: BlendScorer = (history) => {
    scores.fill(0);
    for (const { item } of history) for (const { other, cosine } of kept[item]) scores[other] += cosine;
    return scores;
  };
  return { score, bytes: 8 * kept.reduce((sum, { length }) => sum + length, 0) };
}
