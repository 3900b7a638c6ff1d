import { assertRatingColumns, type RatingColumns } from '../rating-columns.ts';
import { RecommenderError } from '../recommender-error.ts';

/** Ratings in the order of their file, with their times. */
export interface RatingTable extends RatingColumns {
  /** Points of the data's own scale; plays or minutes where nobody rated. */
  readonly rating: Float64Array;
  /** Any unit that grows; NaN where unknown. */
  readonly time: Float64Array;
}

/** As `assertRatingColumns`, and every row has a time. */
export function assertRatingTable(table: RatingTable): void {
  assertRatingColumns(table);
  if (table.time.length !== table.rating.length)
    throw new RecommenderError('DATA_INVALID', 'the columns of the ratings have different lengths');
}

/** The table of these rows alone, in their order; users and items keep their places. */
export function takeRows(table: RatingTable, rows: Int32Array): RatingTable {
  const { users, items } = table;
  return {
    users,
    items,
    user: rows.map((row) => table.user[row]),
    item: rows.map((row) => table.item[row]),
    rating: Float64Array.from(rows, (row) => table.rating[row]),
    time: Float64Array.from(rows, (row) => table.time[row]),
  };
}

/** Rows of each user as runs: those of user `u` are `rows[start[u]] … rows[start[u + 1] − 1]`, in the order of the table. */
export interface RowsByUser {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** Groups rows by user; `among` are the row numbers to group, all of them when absent. */
export function rowsByUser({ users, user }: RatingTable, among?: Int32Array): RowsByUser {
  const rows = among ?? Int32Array.from({ length: user.length }, (_, row) => row);
  const start = new Int32Array(users + 1);
  for (const row of rows) start[user[row] + 1] += 1;
  for (let at = 0; at < users; at += 1) start[at + 1] += start[at];
  const next = start.slice();
  const ordered = new Int32Array(rows.length);
  for (const row of rows) ordered[next[user[row]]++] = row;
  return { start, rows: ordered };
}

/** Rows of one user. */
export const runOf = ({ start, rows }: RowsByUser, user: number): Int32Array =>
  rows.subarray(start[user], start[user + 1]);

/** 1 at the places of the items of these rows. */
export function itemsSeen({ items, item }: RatingTable, rows: Int32Array): Uint8Array {
  const seen = new Uint8Array(items);
  for (const row of rows) seen[item[row]] = 1;
  return seen;
}

/** Items of test rows that count: their rating is large enough, and a list may hold them. */
export function relevantItems(
  { test, relevantFrom = -Infinity }: { readonly test: RatingTable; readonly relevantFrom?: number | undefined },
  rows: Int32Array,
  seen: Uint8Array,
): Set<number> {
  const relevant = new Set<number>();
  for (const row of rows) {
    const item = test.item[row];
    if (test.rating[row] >= relevantFrom && seen[item] === 0) relevant.add(item);
  }
  return relevant;
}
