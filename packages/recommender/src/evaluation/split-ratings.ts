import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { assertIndex, RecommenderError } from '../recommender-error.ts';
import { rowsByUser, type RatingTable } from './rating-table.ts';

/** Row numbers of a table, ascending; every row stands in one of the two. */
export interface RatingSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** `share` (0 to 1) of the rows, drawn without return; the same table size, share and seed give the same rows. Throws `DATA_INVALID`. */
export function splitRandom({ rating }: RatingTable, share: number, seed: number): RatingSplit {
  const held = heldOut(rating.length, share);
  if (!Number.isInteger(seed)) throw new RecommenderError('DATA_INVALID', `seed ${seed} is not an integer`);
  return splitRows(rating.length, shuffledRows(rating.length, seed).subarray(0, held));
}

/** The newest `share` of all rows; of equal times the later row counts as newer. Throws `DATA_INVALID`, also where a time is unknown. */
export function splitByTime({ rating, time }: RatingTable, share: number): RatingSplit {
  const held = heldOut(rating.length, share);
  const unknown = time.findIndex((at) => !Number.isFinite(at));
  if (unknown !== -1)
    throw new RecommenderError('DATA_INVALID', `row ${unknown} has no time, so the rows have no order in time`);
  const rows = Int32Array.from({ length: rating.length }, (_, row) => row);
  rows.sort((a, b) => time[a] - time[b] || a - b);
  return splitRows(rating.length, rows.subarray(rating.length - held));
}

/** The last row of each user with at least two: by time where every time of the user is known, else by the order of the table. */
export function splitLastOfUsers(table: RatingTable): RatingSplit {
  const { start, rows } = rowsByUser(table);
  const last: number[] = [];
  for (let user = 0; user < table.users; user += 1) {
    const own = rows.subarray(start[user], start[user + 1]);
    if (own.length >= 2) last.push(lastOf(own, table.time));
  }
  return splitRows(table.rating.length, Int32Array.from(last));
}

/** One row of each user with at least two, drawn. */
export function splitOneOfUsers(table: RatingTable, seed: number): RatingSplit {
  const { start, rows } = rowsByUser(table);
  const generator = xoroshiro128plus(seed);
  const drawn: number[] = [];
  for (let user = 0; user < table.users; user += 1) {
    const own = rows.subarray(start[user], start[user + 1]);
    if (own.length >= 2) drawn.push(own[Math.floor(uniformFloat64(generator) * own.length)]);
  }
  return splitRows(table.rating.length, Int32Array.from(drawn));
}

/** The rows that are named, from 0; each may be named once. Throws `DATA_INVALID` for others, for none and for all. */
export function splitGiven({ rating }: RatingTable, testRows: Iterable<number>): RatingSplit {
  const named = [...testRows];
  for (const row of named) assertIndex(row, rating.length, 'test row', 'DATA_INVALID');
  return splitRows(rating.length, Int32Array.from(named));
}

function splitRows(count: number, testRows: Int32Array): RatingSplit {
  const test = testRows.toSorted();
  const repeated = test.findIndex((row, at) => at > 0 && row === test[at - 1]);
  if (repeated !== -1) throw new RecommenderError('DATA_INVALID', `test row ${test[repeated]} is named twice`);
  if (test.length === 0 || test.length === count)
    throw new RecommenderError('DATA_INVALID', `${test.length} of ${count} rows to test on leave nothing to compare`);
  const train = new Int32Array(count - test.length);
  let next = 0;
  for (let row = 0, at = 0; row < count; row += 1) {
    if (at < test.length && test[at] === row) at += 1;
    else train[next++] = row;
  }
  return { train, test };
}

function heldOut(rows: number, share: number): number {
  if (!(share > 0 && share < 1)) throw new RecommenderError('DATA_INVALID', `share ${share} is not between 0 and 1`);
  return Math.round(rows * share);
}

/** Fisher and Yates. */
function shuffledRows(count: number, seed: number): Int32Array {
  const generator = xoroshiro128plus(seed);
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(uniformFloat64(generator) * (at + 1));
    const kept = rows[at];
    rows[at] = rows[other];
    rows[other] = kept;
  }
  return rows;
}

function lastOf(rows: Int32Array, time: Float64Array): number {
  if (rows.some((row) => !Number.isFinite(time[row]))) return rows[rows.length - 1];
  return rows.reduce((last, row) => (time[row] >= time[last] ? row : last));
}
