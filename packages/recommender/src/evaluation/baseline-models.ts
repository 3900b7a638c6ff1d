import { fitBiases } from '../rating-biases.ts';
import { countOf } from '../rating-columns.ts';
import { cutTo, scaleOf, type EvaluatedModel } from './evaluated-model.ts';
import { assertRatingTable, type RatingTable } from './rating-table.ts';

/** Rating: mean + bias of item + bias of user; list: the items with the largest bias. */
export function biasOnlyModel(table: RatingTable, lambda?: number): EvaluatedModel {
  const { mean, itemBias, userBias } = fitBiases(table, lambda);
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
