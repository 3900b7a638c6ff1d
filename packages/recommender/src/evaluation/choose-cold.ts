import { topK } from '../top-k.ts';
import { popularityModel } from './baseline-models.ts';
import type { ListMaker } from './evaluated-model.ts';
import { isBetter, meanOf } from './is-better.ts';
import { listFigures } from './list-figures.ts';
import { relevantItems, rowsByUser, runOf, takeRows, type RatingTable } from './rating-table.ts';
import type { Trial } from './trial.ts';

/** What users without a training row get: the name of a part, or `popularity`. */
export interface ColdChoice {
  readonly cold: string;
  readonly trials: readonly Trial[];
}

export const popularForCold: ColdChoice = { cold: 'popularity', trials: [] };

/** So many of the users, evenly spaced, are made cold. */
const coldShare = 5;

/**
 * Takes every fifth user out of the training rows and chooses by NDCG@10 on all their rows whether what else is known of them is served, or the popular list: that
 * one unless the other is better by more than the standard error.
 */
export function chooseCold(table: RatingTable, maker: ListMaker | undefined, relevantFrom?: number): ColdChoice {
  if (maker?.makeCold === undefined) return popularForCold;
  const { train, users, test } = withoutSome(table);
  if (train.rating.length === 0 || users.length === 0) return popularForCold;
  const started = performance.now();
  const part = maker.makeCold(train);
  const seconds = (performance.now() - started) / 1_000;
  const rows = rowsByUser(test);
  const nothing = new Uint8Array(table.items);
  const wanted = users
    .map((user) => ({ user, relevant: relevantItems({ test, relevantFrom }, runOf(rows, user), nothing) }))
    .filter(({ relevant }) => relevant.size > 0);
  const figuresOf = (scoresOf: (user: number) => Float32Array | Float64Array): number[] =>
    wanted.map(({ user, relevant }) => listFigures(topK(scoresOf(user), 10).map(({ index }) => index), relevant, 10).ndcg); // prettier-ignore
  const tried = [
    { name: 'popularity', figures: figuresOf(popularityModel(train).scoresOf!) },
    { name: part.name, figures: figuresOf(part.scoresOf) },
  ];
  return {
    cold: isBetter(tried[1].figures, tried[0].figures) ? part.name : 'popularity',
    trials: tried.map(({ name, figures }) => ({ name: 'cold users', settings: { by: name }, figure: 'ndcg@10', value: meanOf(figures), seconds })), // prettier-ignore
  };
}

function withoutSome(table: RatingTable) {
  const rows = rowsByUser(table);
  const known = Array.from({ length: table.users }, (_, user) => user).filter((user) => runOf(rows, user).length > 0);
  const users = known.filter((_, at) => at % coldShare === coldShare - 1);
  const cold = new Set(users);
  const all = Int32Array.from(table.user.keys());
  return {
    users,
    train: takeRows(table, all.filter((row) => !cold.has(table.user[row]))), // prettier-ignore
    test: takeRows(table, all.filter((row) => cold.has(table.user[row]))), // prettier-ignore
  };
}
