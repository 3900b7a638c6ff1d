import { assertCount } from '../recommender-error.ts';
import { topK } from '../top-k.ts';
import { RecommenderError } from '../recommender-error.ts';
import type { EvaluatedModel } from './evaluated-model.ts';
import { listFigures, type ListFigures } from './list-figures.ts';
import { assertRatingTable, itemsSeen, relevantItems, rowsByUser, runOf, type RatingTable } from './rating-table.ts';

/** What a model knows, and what it is asked. Both tables have the same users and items. */
export interface EvaluationTables {
  readonly train: RatingTable;
  readonly test: RatingTable;
  /** A test row with a smaller rating is no relevant item; −∞: every row is relevant. */
  readonly relevantFrom?: number;
}

/** One user's part of an evaluation. */
export interface UserOutcome {
  readonly user: number;
  /** Items of the test rows that count and that a list may hold; none: the user counts in no figure of lists. */
  readonly relevant: ReadonlySet<number>;
  /** The best items outside the user's training rows, best first. */
  readonly list: readonly number[];
  /** By k. */
  readonly figures: ReadonlyMap<number, ListFigures>;
  /** Test rows with a prediction, Σ(r̂ − r)², Σ|r̂ − r|. */
  readonly rated: number;
  readonly squares: number;
  readonly absolutes: number;
}

export interface EvaluationSettings {
  readonly ks?: readonly number[];
  /** Called now and then, and waited for. */
  readonly onProgress?: (done: number, of: number) => void | Promise<void>;
}

const usersAtOnce = 64;
const standardKs = [10, 20] as const;

/**
 * Asks the model for every user with a test row: a list over the whole catalogue (all items outside the user's training rows, never a sample)
 * and the rating of each test row. Throws `DATA_INVALID` for tables that do not fit and predictions that are not finite.
 */
export async function evaluateModel(
  model: EvaluatedModel,
  tables: EvaluationTables,
  { ks = standardKs, onProgress }: EvaluationSettings = {},
): Promise<UserOutcome[]> {
  assertTables(tables);
  for (const k of ks) assertCount(k, 1, 'k', 'DATA_INVALID');
  const asked = rowsByUser(tables.test);
  const known = rowsByUser(tables.train);
  const errors = predictionErrors(model, tables.test);
  const outcomes: UserOutcome[] = [];
  for (let user = 0; user < tables.test.users; user += 1) {
    if (asked.start[user] === asked.start[user + 1]) continue;
    const own = runOf(asked, user);
    const seen = itemsSeen(tables.train, runOf(known, user));
    const relevant = relevantItems(tables, own, seen);
    const list = relevant.size === 0 ? [] : listFor(model, user, seen, Math.max(...ks));
    const figures = new Map(ks.map((k) => [k, listFigures(list, relevant, k)]));
    outcomes.push({ user, relevant, list, figures, ...sumErrors(errors, own) });
    if (user % usersAtOnce === 0) await onProgress?.(user, tables.test.users);
  }
  await onProgress?.(tables.test.users, tables.test.users);
  return outcomes;
}

function assertTables({ train, test, relevantFrom }: EvaluationTables): void {
  assertRatingTable(train);
  assertRatingTable(test);
  if (train.users !== test.users || train.items !== test.items)
    throw new RecommenderError('DATA_INVALID', 'the tables to learn from and to test on have other users or items');
  if (Number.isNaN(relevantFrom)) throw new RecommenderError('DATA_INVALID', 'relevantFrom is not a number');
}

const listFor = (model: EvaluatedModel, user: number, seen: Uint8Array, count: number): number[] =>
  model.scoresOf === undefined ? [] : topK(model.scoresOf(user), count, seen).map(({ index }) => index);

/** r̂ − r of every test row; nothing where the model predicts no ratings. */
function predictionErrors(model: EvaluatedModel, { user, item, rating }: RatingTable): Float64Array | undefined {
  const predicted = model.predictMany?.(user, item);
  if (predicted === undefined) return undefined;
  const errors = Float64Array.from(rating, (value, row) => predicted[row] - value);
  const bad = errors.findIndex((error) => !Number.isFinite(error));
  if (bad !== -1) throw new RecommenderError('DATA_INVALID', `${model.name} predicts ${predicted[bad]} for row ${bad}`);
  return errors;
}

function sumErrors(errors: Float64Array | undefined, rows: Int32Array) {
  let squares = 0;
  let absolutes = 0;
  for (const row of errors ? rows : []) {
    squares += errors![row] ** 2;
    absolutes += Math.abs(errors![row]);
  }
  return { rated: errors ? rows.length : 0, squares, absolutes };
}
