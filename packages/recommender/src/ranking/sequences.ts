import { assertCount, assertIndex, RecommenderError } from '../recommender-error.ts';

/** What each user watched, oldest first: items of user `u` stand at `userStart[u] … userStart[u + 1] − 1`, each once. */
export interface Sequences {
  readonly users: number;
  readonly items: number;
  readonly userStart: Int32Array;
  readonly item: Int32Array;
}

export interface OrderedRow {
  readonly user: number;
  readonly item: number;
  /** Any number that grows with time, such as seconds. */
  readonly at: number;
}

/** Orders rows by user and time, equal times as they come; the same pair twice stays where it came last. Throws `DATA_INVALID`. */
export function buildSequences(
  rows: readonly OrderedRow[],
  { users, items }: { readonly users: number; readonly items: number },
): Sequences {
  assertCount(users, 1, 'users', 'DATA_INVALID');
  assertCount(items, 1, 'items', 'DATA_INVALID');
  const ofUser = Array.from({ length: users }, (): OrderedRow[] => []);
  for (const row of rows) {
    assertIndex(row.user, users, 'user', 'DATA_INVALID');
    assertIndex(row.item, items, 'item', 'DATA_INVALID');
    if (!Number.isFinite(row.at)) throw new RecommenderError('DATA_INVALID', `time ${row.at} is not a number`);
    ofUser[row.user].push(row);
  }
  const userStart = new Int32Array(users + 1);
  const item = new Int32Array(rows.length);
  let count = 0;
  for (let user = 0; user < users; user += 1) {
    for (const index of newestLast(ofUser[user])) item[count++] = index;
    userStart[user + 1] = count;
  }
  return { users, items, userStart, item: item.slice(0, count) };
}

function newestLast(rows: OrderedRow[]): number[] {
  const distinct = new Set<number>();
  for (const { item } of rows.sort((a, b) => a.at - b.at)) {
    distinct.delete(item);
    distinct.add(item);
  }
  return [...distinct];
}
