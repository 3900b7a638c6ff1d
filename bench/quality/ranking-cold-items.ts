import {
  buildInteractions,
  createFactorScorer,
  defaultObjective,
  ndcgAt,
  placeColdItems,
  topK,
  trainImplicitAlsAsync,
  type FeatureGroup,
  type ItemAttributes,
} from '../../packages/recommender/src/index.ts';
import { createDraws } from './rating-splits.ts';
import type { QualityRun } from './quality-row.ts';
import { readMovieLens } from './rating-movielens.ts';
import { readRankedSet, rowsOfUsers, type RankedRow } from './ranking-movielens.ts';

const factors = 64;
const sweeps = 8;
const objective = { ...defaultObjective, alpha0: 0.2, regularisation: 0.01, nu: 1 };
const coldSettings = { ridge: 100, shrinkage: 10, interactionsMax: 10 };

/**
 * A fifth of the items is new: no rating of them is learnt. Users get lists of new items alone, from their ratings of the others; relevant are new items that they rated
 * with 4 or more. Beside it the same attributes for everybody alike (the mean vector of all users), and chance.
 */
export async function coldItems(seed: number): Promise<QualityRun> {
  const begun = performance.now();
  const set = readRankedSet('ml-1m');
  const { itemFeatures } = readMovieLens('ml-1m');
  const draws = createDraws(seed);
  const [fresh] = draws.parts(Array.from({ length: set.items }, (_, item) => item), 5); // prettier-ignore
  const isNew = new Uint8Array(set.items);
  for (const item of fresh) isNew[item] = 1;
  const known = set.rows.filter(({ item }) => isNew[item] === 0);
  const interactions = buildInteractions(known.map(({ user, item }) => ({ user, item, confidence: 1 })), set); // prettier-ignore
  const { itemFactors, userFactors } = await trainImplicitAlsAsync(interactions, { factors, sweeps, seed, objective });
  const counts = new Int32Array(set.items);
  for (const { item } of known) counts[item] += 1;
  const placed = placeColdItems(itemFactors, counts, attributesOf(itemFeatures, set.items), coldSettings);
  const scorer = createFactorScorer(placed, factors, objective);
  const everybody = scoresOfMean(placed, userFactors);
  const sums = { own: 0, alike: 0, chance: 0, users: 0 };
  const [scores, drawn] = [new Float32Array(set.items), new Float32Array(set.items)];
  const old = isNew.map((one) => 1 - one);
  const ndcgOf = (by: Float32Array, wanted: ReadonlySet<number>) => ndcgAt(topK(by, 10, old).map(({ index }) => index), wanted, 10); // prettier-ignore
  for (const rows of rowsOfUsers(set, set.rows)) {
    const wanted = new Set(rows.filter(({ item, rating }) => isNew[item] === 1 && rating >= 4).map(({ item }) => item));
    if (wanted.size === 0) continue;
    scorer.scoreInto(historyOf(rows, isNew), scores);
    for (const item of fresh) drawn[item] = draws.below(1_000_000);
    sums.own += ndcgOf(scores, wanted);
    sums.alike += ndcgOf(everybody, wanted);
    sums.chance += ndcgOf(drawn, wanted);
    sums.users += 1;
  }
  const mean = (sum: number): number => sum / sums.users;
  const seconds = (performance.now() - begun) / 1_000;
  const beside = `attributes for everybody alike ${mean(sums.alike).toFixed(4)}, chance ${mean(sums.chance).toFixed(4)}`;
  return {
    value: mean(sums.own) - mean(sums.alike),
    seconds,
    configuration: `NDCG@10 ${mean(sums.own).toFixed(4)}, ${beside}; ${fresh.length} new items, ${sums.users} users; iALS d = ${factors}, genres and five-year bands, ridge ${coldSettings.ridge}, seed ${seed}`,
  };
}

const historyOf = (rows: readonly RankedRow[], isNew: Uint8Array) =>
  rows.filter(({ item }) => isNew[item] === 0).map(({ item }) => ({ index: item, value: 1 }));

/** One that is always 1, and one for each genre and each five years. */
function attributesOf(groups: readonly FeatureGroup[], items: number): ItemAttributes {
  const width = 1 + groups.reduce((sum, { size }) => sum + size, 0);
  const values = new Float32Array(items * width);
  for (let item = 0; item < items; item += 1) {
    let from = item * width;
    values[from] = 1;
    from += 1;
    for (const { size, start, feature } of groups) {
      for (let at = start[item]; at < start[item + 1]; at += 1) values[from + feature[at]] = 1;
      from += size;
    }
  }
  return { width, values };
}

function scoresOfMean(itemFactors: Float32Array, userFactors: Float32Array): Float32Array {
  const mean = new Float64Array(factors);
  for (let at = 0; at < userFactors.length; at += 1) mean[at % factors] += userFactors[at];
  return Float32Array.from({ length: itemFactors.length / factors }, (_, item) =>
    mean.reduce((sum, value, k) => sum + value * itemFactors[item * factors + k], 0),
  );
}
