import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dataFolder, readMovieLens, type MovieLens, type MovieLensName, type RatedRow } from './rating-movielens.ts';

/** One rating; `at` is its place in the user's history where that is known. */
export interface RankedRow {
  readonly user: number;
  readonly item: number;
  readonly rating: number;
  readonly at: number;
}

export interface RankedSet {
  readonly users: number;
  readonly items: number;
  readonly rows: readonly RankedRow[];
  /** Gender, age band and occupation of each user, −1 where unknown. */
  readonly codes: Readonly<Record<'gender' | 'age' | 'occupation', Int32Array>>;
}

export function readRankedSet(name: MovieLensName): RankedSet {
  const set = readMovieLens(name);
  const order = name === 'ml-1m' ? orderOfMillion() : undefined;
  const rows = set.rows.map(([user, item, rating]: RatedRow, row) => ({ user, item, rating, at: order?.[row] ?? row }));
  const codes = { gender: codesOf(set, 'gender'), age: codesOf(set, 'age'), occupation: codesOf(set, 'occupation') };
  return { users: set.users, items: set.items, rows, codes };
}

/** 1 is the oldest rating of a user. */
function orderOfMillion(): Int32Array {
  const text = gunzipSync(readFileSync(join(dataFolder(), 'ml-1m', 'order.txt.gz'))).toString('latin1');
  return Int32Array.from(text.trim().split('\n'), Number);
}

function codesOf({ users, userFeatures }: MovieLens, name: string): Int32Array {
  const group = userFeatures.find((feature) => feature.name === name)!;
  return Int32Array.from({ length: users }, (_, user) =>
    group.start[user] === group.start[user + 1] ? -1 : group.feature[group.start[user]],
  );
}

export function rowsOfUsers({ users }: RankedSet, rows: readonly RankedRow[]): RankedRow[][] {
  const ofUser = Array.from({ length: users }, (): RankedRow[] => []);
  for (const row of rows) ofUser[row.user].push(row);
  return ofUser;
}
