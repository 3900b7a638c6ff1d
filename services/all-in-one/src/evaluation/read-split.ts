import { splitByTime, splitGiven, splitLastOfUsers, splitRandom, type RatingSplit, type RatingTable } from '@reelay/recommender'; // prettier-ignore
import { AppError } from '@reelay/shared/runtime';
import { readTextLines } from '../importing/read-text-lines.ts';

export interface SplitOptions {
  split?: string | undefined;
  testRows?: string | undefined;
  seed: number;
}

/**
 * The rows to test on: `random:<share>[:<seed>]`, `temporal:<share>`, `last` (of each user), or those that a file names, from 0.
 * Throws `REQUEST_INVALID` for what is none of these or both.
 */
export async function readSplit(table: RatingTable, { split, testRows, seed }: SplitOptions): Promise<RatingSplit> {
  if (split !== undefined && testRows !== undefined)
    throw new AppError('REQUEST_INVALID', 'give --split or --test-rows, not both');
  if (testRows !== undefined) return splitGiven(table, await readRowNumbers(testRows));
  const text = split ?? `random:0.1:${seed}`;
  const [kind, share, ownSeed] = text.split(':');
  if (kind === 'random') return splitRandom(table, shareOf(share, text), ownSeed === undefined ? seed : wholeOf(ownSeed, text)); // prettier-ignore
  if (kind === 'temporal' && ownSeed === undefined) return splitByTime(table, shareOf(share, text));
  if (text === 'last') return splitLastOfUsers(table);
  throw new AppError('REQUEST_INVALID', `--split ${text} is none of random:<share>[:<seed>], temporal:<share>, last`);
}

async function readRowNumbers(file: string): Promise<number[]> {
  const rows: number[] = [];
  await readTextLines(file, (lines) => {
    for (const field of lines.join(' ').split(/[\s,]+/)) {
      if (field === '') continue;
      if (!/^\d{1,12}$/.test(field)) throw new AppError('DATA_INVALID', `${file}: "${field}" is no row number`);
      rows.push(Number(field));
    }
  });
  return rows;
}

function shareOf(text: string | undefined, whole: string): number {
  const share = Number(text);
  if (text !== undefined && share > 0 && share < 1) return share;
  throw new AppError('REQUEST_INVALID', `--split ${whole}: the share is a number between 0 and 1`);
}

function wholeOf(text: string, whole: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError('REQUEST_INVALID', `--split ${whole}: the seed is a whole number`);
}
