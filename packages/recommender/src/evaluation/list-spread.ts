import { calibrationOf } from './calibration.ts';
import { coverage, giniOf, intraListDiversity, noveltyOf } from './catalogue-figures.ts';
import { countOf } from '../rating-columns.ts';
import type { EvaluationTables, UserOutcome } from './evaluate-model.ts';
import { rowsByUser } from './rating-table.ts';

/** What the lists of all users together are like; null where genres are not known. */
export interface ListSpread {
  readonly k: number;
  readonly lists: number;
  readonly coverage: number;
  readonly gini: number;
  /** Mean bits of surprise of an item. */
  readonly novelty: number;
  readonly diversity: number | null;
  /** Mean C_KL of a list from its user's history, in nats. */
  readonly calibration: number | null;
}

/** Over the first `k` places of every list that was evaluated. `genresOf` by place of the item. */
export function listSpread(
  outcomes: readonly UserOutcome[],
  { train }: EvaluationTables,
  k: number,
  genresOf?: readonly ReadonlySet<string>[],
): ListSpread {
  const listed = outcomes.filter(({ list }) => list.length > 0);
  const lists = listed.map(({ list }) => list.slice(0, k));
  const watchers = countOf(train.item, train.items);
  const { start, rows } = rowsByUser(train);
  const historyOf = (user: number) => Array.from(rows.subarray(start[user], start[user + 1]), (row) => train.item[row]);
  const known = genresOf?.some(({ size }) => size > 0) ? genresOf : undefined;
  return {
    k,
    lists: lists.length,
    coverage: coverage(lists, train.items),
    gini: giniOf(lists, train.items),
    novelty: meanOf(lists.map((list) => noveltyOf(list, watchers, train.users))) ?? 0,
    diversity: known ? meanOf(lists.map((list) => intraListDiversity(list, known))) : null,
    calibration: known ? meanOf(listed.map(({ user }, at) => calibrationOf(lists[at], historyOf(user), known))) : null,
  };
}

/** Of those that are numbers; null where none is. */
function meanOf(values: readonly number[]): number | null {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((sum, value) => sum + value, 0) / finite.length;
}
