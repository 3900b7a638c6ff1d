import type { InteractionRow, RatingRow } from '../rows.ts';
import { interactionsOf, type Run } from './interactions.ts';
import { hasLoneViewings, loneRuns } from './lone-runs.ts';
import { readFeedback, withRatings, withRuns } from './read-feedback.ts';
import type { SqlSession, SqlValue } from './sql-database.ts';
import { userRanges } from './user-ranges.ts';

/** Rows a page in each of the two tables; about 20 ms of a thread on SQLite. */
const rowsAtOnce = 10_000;
const usersAtOnce = 500;

/** See `ReadingLedger.interactions`. */
export async function readInteractions(
  session: SqlSession,
  onPage: (rows: InteractionRow[]) => void | Promise<void>,
  userIds?: number[],
): Promise<void> {
  const lone = (await hasLoneViewings(session)) ? loneRuns : async () => [];
  const scopes = userIds === undefined ? everybody(session) : these(userIds);
  for await (const { where, values } of scopes) {
    const feedback = await readFeedback(session, where, values);
    const rows = interactionsOf(
      withRuns(withRuns(await runs(session, where, values), await lone(session, where, values)), feedback.runs),
      withRatings(await ratingRows(session, where, values), feedback.ratings),
    );
    if (rows.length > 0) await onPage(rows);
  }
}

interface Scope {
  where: string;
  values: SqlValue[];
}

async function* everybody(session: SqlSession): AsyncGenerator<Scope> {
  for await (const { after, upTo } of userRanges(
    session,
    ['segments', 'ratings', 'feedback', 'viewings'],
    rowsAtOnce,
  )) {
    yield { where: 'user_id > ? and user_id <= ?', values: [after, upTo] };
  }
}

function* these(userIds: number[]): Generator<Scope> {
  const ordered = [...new Set(userIds)].sort((a, b) => a - b);
  for (let start = 0; start < ordered.length; start += usersAtOnce) {
    const some = ordered.slice(start, start + usersAtOnce);
    yield { where: `user_id in (${some.map(() => '?').join(', ')})`, values: some };
  }
}

const runs = (session: SqlSession, where: string, values: SqlValue[]): Promise<Run[]> =>
  session.all(
    `select user_id as userId, item_id as itemId, first_minute as firstMinute, last_minute as lastMinute,
      last_time as lastTime from segments where ${where} order by user_id, item_id, first_minute`,
    values,
  );

/** Rating rows of these users, the newest of each (user, item) last. */
export const ratingRows = (session: SqlSession, where: string, values: SqlValue[]): Promise<RatingRow[]> =>
  session.all(
    `select user_id as userId, item_id as itemId, time, rating from ratings
      where ${where} order by user_id, item_id, time, rating`,
    values,
  );
