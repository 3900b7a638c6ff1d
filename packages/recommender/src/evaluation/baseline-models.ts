import { defaultBiasLambda, type RatingBiases } from '../rating-biases.ts';
import { cutTo, scaleOf, type EvaluatedModel } from './evaluated-model.ts';
import { assertRatingTable, type RatingTable } from './rating-table.ts';

const sweeps = 10;

/** `fitBiases` on columns: b_i = Σ(r − μ − b_u)/(n_i + λ), b_u = Σ(r − μ − b_i)/(n_u + λ), items first (Koren 2009). Throws `DATA_INVALID`. */
export function fitTableBiases(table: RatingTable, lambda: number = defaultBiasLambda): RatingBiases {
  assertRatingTable(table);
  const { user, item, rating } = table;
  const mean = rating.reduce((sum, value) => sum + value, 0) / rating.length;
  const itemBias = new Float64Array(table.items);
  const userBias = new Float64Array(table.users);
  const itemCount = countOf(item, table.items);
  const userCount = countOf(user, table.users);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    itemBias.fill(0);
    for (let row = 0; row < rating.length; row += 1) itemBias[item[row]] += rating[row] - mean - userBias[user[row]];
    shrink(itemBias, itemCount, lambda);
    userBias.fill(0);
    for (let row = 0; row < rating.length; row += 1) userBias[user[row]] += rating[row] - mean - itemBias[item[row]];
    shrink(userBias, userCount, lambda);
  }
  return { mean, itemBias, userBias };
}

/** Rating: mean + bias of item + bias of user; list: the items with the largest bias. */
export function biasOnlyModel(table: RatingTable, lambda?: number): EvaluatedModel {
  const { mean, itemBias, userBias } = fitTableBiases(table, lambda);
  const scale = scaleOf(table);
  return {
    name: 'bias-only',
    predictMany: (users, items) =>
      Float64Array.from(users, (user, at) => cutTo(mean + userBias[user] + itemBias[items[at]], scale)),
    scoresOf: () => itemBias,
  };
}

/** Rating: the mean of all; list: the items with the most rows. */
export function popularityModel(table: RatingTable): EvaluatedModel {
  assertRatingTable(table);
  const counts = countOf(table.item, table.items);
  const mean = table.rating.reduce((sum, value) => sum + value, 0) / table.rating.length;
  return {
    name: 'popularity',
    predictMany: (users) => new Float64Array(users.length).fill(mean),
    scoresOf: () => counts,
  };
}

/** Rows of each item or user. */
export function countOf(places: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  for (const place of places) counts[place] += 1;
  return counts;
}

function shrink(sums: Float64Array, counts: Float64Array, lambda: number): void {
  for (let at = 0; at < sums.length; at += 1) if (counts[at] > 0) sums[at] /= counts[at] + lambda;
}
