import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '@reelay/shared/runtime';

/** The files of a data set. */
export interface DataFiles {
  kind: 'ml-100k' | 'ml-1m' | 'ml-10m' | 'ml-latest' | 'csv' | 'events';
  ratings: string;
  users?: string | undefined;
  movies?: string | undefined;
}

/**
 * Looks what stands at a path: a MovieLens folder (100K, 1M, 10M or the newer ones; each file plain or `.gz`), a CSV file, or CloudEvents
 * (`.json`, `.jsonl`, `.ndjson`). Throws `NOT_FOUND` where there is nothing, and `DATA_INVALID` for a folder of something else.
 */
export async function findData(path: string): Promise<DataFiles> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `cannot read ${path}: ${messageOf(cause)}`, { cause });
  });
  if (!found.isDirectory()) return { kind: /\.(json|jsonl|ndjson)(\.gz)?$/i.test(path) ? 'events' : 'csv', ratings: path }; // prettier-ignore
  const names = new Set(await readdir(path));
  const file = (name: string): string | undefined =>
    [name, `${name}.gz`].filter((one) => names.has(one)).map((one) => join(path, one))[0];
  const known = [
    { kind: 'ml-100k', ratings: file('u.data'), users: file('u.user'), movies: file('u.item') },
    { kind: file('users.dat') ? 'ml-1m' : 'ml-10m', ratings: file('ratings.dat'), users: file('users.dat'), movies: file('movies.dat') }, // prettier-ignore
    { kind: 'ml-latest', ratings: file('ratings.csv'), users: undefined, movies: file('movies.csv') },
  ] as const;
  for (const { ratings, ...rest } of known) if (ratings) return { ...rest, ratings };
  throw new AppError('DATA_INVALID', `${path} is no MovieLens folder: it has no u.data, ratings.dat or ratings.csv`);
}
