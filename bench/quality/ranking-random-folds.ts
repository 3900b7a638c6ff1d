import { createDraws } from './rating-splits.ts';
import { itemsOf, type RankedUser } from './ranking-figures.ts';
import { rowsOfUsers, type RankedRow, type RankedSet } from './ranking-movielens.ts';

/** A part to learn from and users to be ranked for. */
export interface RankingSplit {
  readonly train: readonly RankedRow[];
  readonly users: readonly RankedUser[];
}

/** gorse's protocol: five random folds of all ratings, each a positive; full catalogue without what was in training. */
export function fiveFolds(set: RankedSet, seed: number): RankingSplit[] {
  const parts = createDraws(seed).parts(set.rows, 5);
  return parts.map((test, fold) => foldOf(set, parts.filter((_, other) => other !== fold).flat(), test));
}

/** A fifth of the training part of the first fold: what settings are chosen on. */
export function fiveFoldsValidation(set: RankedSet, seed: number): RankingSplit {
  const [{ train }] = fiveFolds(set, seed);
  const parts = createDraws(seed + 1_000).parts(train, 5);
  return foldOf(set, parts.slice(1).flat(), parts[0]);
}

function foldOf(set: RankedSet, train: readonly RankedRow[], test: readonly RankedRow[]): RankingSplit {
  const known = rowsOfUsers(set, train);
  const users = rowsOfUsers(set, test).map((wanted, user) => ({
    history: known[user],
    seen: itemsOf(known[user]),
    wanted: itemsOf(wanted),
  }));
  return { train, users };
}
