import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { splitGiven, splitRandom, type RatingSplit, type RatingTable } from '../../packages/recommender/src/index.ts';
import { findData } from '../../services/all-in-one/src/importing/find-data.ts';
import { readRatings } from '../../services/all-in-one/src/importing/read-ratings.ts';

export interface SplitFiles {
  train: string;
  test: string;
  table: RatingTable;
  split: RatingSplit;
}

/** Both sides read the same two files: `user,item,rating` as places from 0 on. */
export async function writeSplit(data: string, kind: 'random' | 'last', folder: string): Promise<SplitFiles> {
  const { ratings } = await findData(data);
  const { table } = await readRatings(ratings);
  const split = kind === 'random' ? splitRandom(table, 0.1, 7) : splitGiven(table, lastRows(table, data));
  const files = { train: join(folder, `${kind}-train.csv`), test: join(folder, `${kind}-test.csv`) };
  const text = (rows: Int32Array) => Array.from(rows, (row) => `${table.user[row]},${table.item[row]},${table.rating[row]}\n`).join(''); // prettier-ignore
  await writeFile(files.train, text(split.train));
  await writeFile(files.test, text(split.test));
  return { ...files, table, split };
}

/** The last row of each user by `order.txt.gz` (a number a row, 1 is the oldest of its user) where it stands beside the data, else by time. */
function lastRows({ user, time }: RatingTable, data: string): number[] {
  const file = join(data, 'order.txt.gz');
  const order = existsSync(file) ? gunzipSync(readFileSync(file)).toString('latin1').trim().split('\n').map(Number) : time; // prettier-ignore
  const last = new Map<number, number>();
  for (const [row, own] of user.entries())
    if (!last.has(own) || order[row] >= order[last.get(own)!]) last.set(own, row);
  return [...last.values()];
}
