import { assertIndex, RecommenderError } from '../recommender-error.ts';

/** Ratings as columns, one place a row, in the order of their file; ids are places: `0 … users − 1`, `0 … items − 1`. */
export interface RatingTable {
  readonly users: number;
  readonly items: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Points of the data's own scale; plays or minutes where nobody rated. */
  readonly rating: Float64Array;
  /** Any unit that grows; NaN where unknown. */
  readonly time: Float64Array;
}

/** Throws `DATA_INVALID` for no rows, columns of different length, an id out of bounds, or a rating that is not finite. */
export function assertRatingTable({ users, items, user, item, rating, time }: RatingTable): void {
  if (rating.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no rating');
  if ([user, item, time].some(({ length }) => length !== rating.length))
    throw new RecommenderError('DATA_INVALID', 'the columns of the ratings have different lengths');
  for (let row = 0; row < rating.length; row += 1) {
    assertIndex(user[row], users, `user of row ${row}`, 'DATA_INVALID');
    assertIndex(item[row], items, `item of row ${row}`, 'DATA_INVALID');
    if (!Number.isFinite(rating[row]))
      throw new RecommenderError('DATA_INVALID', `rating ${rating[row]} of row ${row} is not finite`);
  }
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
