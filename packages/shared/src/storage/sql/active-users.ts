import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SqlDatabase } from './sql-database.ts';
import { userRanges } from './user-ranges.ts';

/** Rows a page in each table; about 10 ms of a thread on SQLite. */
const rowsAtOnce = 5_000;

const since = 'where user_id > ? and user_id <= ? and';
/** A user of several tables comes once: `union` leaves out what is equal. */
const activeIn = `select user_id as userId from segments ${since} last_time >= ?
  union select user_id from ratings ${since} time >= ?
  union select user_id from viewings ${since} last_time >= ?
  union select user_id from feedback ${since} time_ms >= ?
  order by userId`;

/** See `JobLedger.activeUsers`. Others of this thread have a turn between two pages. */
export async function readActiveUsers(
  database: SqlDatabase,
  sinceSeconds: number,
  onPage: (userIds: number[]) => void | Promise<void>,
): Promise<void> {
  for await (const { after, upTo } of userRanges(
    database,
    ['segments', 'ratings', 'feedback', 'viewings'],
    rowsAtOnce,
  )) {
    const seconds = [after, upTo, sinceSeconds];
    const values = [seconds, seconds, seconds, [after, upTo, sinceSeconds * 1_000]].flat();
    const users = await database.all<{ userId: number }>(activeIn, values);
    if (users.length > 0) await onPage(users.map(({ userId }) => userId));
    await nextTurn();
  }
}
