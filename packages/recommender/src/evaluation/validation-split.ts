import { RecommenderError } from '../recommender-error.ts';
import { takeRows, type RatingTable } from './rating-table.ts';
import { splitByTime, splitLastOfUsers, splitOneOfUsers, splitRandom, type RatingSplit } from './split-ratings.ts';

export type SplitKind = 'random' | 'temporal' | 'last-of-users' | 'one-of-users';

/** As much of the training rows may be newer than the oldest test row for a split to count as one by time. */
const newerShareMax = 0.01;

/**
 * What kind of split this is, read off the users and the times of its rows, never off their ratings: by time (hardly a training row is newer than the
 * oldest test row), one row of each user (the newest, where times are known and say so), else random.
 */
export function kindOfSplit(table: RatingTable, { train, test }: RatingSplit): SplitKind {
  const times = test.every((row) => Number.isFinite(table.time[row]));
  if (new Set(test.map((row) => table.user[row])).size === test.length && test.length > table.users / 2)
    return times && newestOfUsers(table, train, test) ? 'last-of-users' : 'one-of-users';
  if (!times) return 'random';
  const oldest = test.reduce((least, row) => Math.min(least, table.time[row]), Infinity);
  const newest = test.reduce((most, row) => Math.max(most, table.time[row]), -Infinity);
  let newer = 0;
  for (const row of train) if (!(table.time[row] <= oldest)) newer += 1;
  return oldest < newest && newer <= newerShareMax * train.length ? 'temporal' : 'random';
}

function newestOfUsers({ user, time }: RatingTable, train: Int32Array, test: Int32Array): boolean {
  const testTime = new Map(Array.from(test, (row) => [user[row], time[row]]));
  let older = 0;
  for (const row of train) if (!(time[row] > (testTime.get(user[row]) ?? Infinity))) older += 1;
  return older >= (1 - newerShareMax) * train.length;
}

export interface ValidationSplit {
  readonly kind: SplitKind;
  /** What settings are tried on; `test` of it is a part of the training rows. */
  readonly train: RatingTable;
  readonly test: RatingTable;
}

/**
 * Cuts the training rows the way that they were cut from the test rows, so that what is chosen here holds there. `share` is for splits by
 * time and by chance. Where the rows are too few to cut, `DATA_INVALID`.
 */
export function splitForValidation(
  table: RatingTable,
  split: RatingSplit,
  { share = 0.1, seed = 1 }: { readonly share?: number; readonly seed?: number } = {},
): ValidationSplit {
  const kind = kindOfSplit(table, split);
  const known = takeRows(table, split.train);
  if (known.rating.length < 2) throw new RecommenderError('DATA_INVALID', 'one row cannot be cut for validation');
  const held = Math.max(share, 1 / known.rating.length);
  const cut = {
    random: () => splitRandom(known, held, seed),
    temporal: () => splitByTime(known, held),
    'last-of-users': () => splitLastOfUsers(known),
    'one-of-users': () => splitOneOfUsers(known, seed),
  }[kind]();
  return { kind, train: takeRows(known, cut.train), test: takeRows(known, cut.test) };
}
