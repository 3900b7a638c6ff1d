import type { Run } from './interactions.ts';
import type { SqlSession, SqlValue } from './sql-database.ts';

/** Runs of viewings whose segments are gone, ordered by (user, item, first minute). */
export async function loneRuns(session: SqlSession, where: string, values: SqlValue[]): Promise<Run[]> {
  const rows = await session.all<{ userId: number; itemId: number; lastTime: number; runs: string }>(
    `select user_id as userId, item_id as itemId, last_time as lastTime, runs from viewings where ${where} and alone = 1`,
    values,
  );
  return rows
    .flatMap(({ runs, ...viewing }) =>
      runs.split(',').map((run) => {
        const [firstMinute, lastMinute] = run.split('-').map(Number);
        return { ...viewing, firstMinute, lastMinute };
      }),
    )
    .sort((a, b) => a.userId - b.userId || a.itemId - b.itemId || a.firstMinute - b.firstMinute);
}

/** Asked once a scan: while nothing was dropped, viewings need not be looked at. */
export const hasLoneViewings = async (session: SqlSession): Promise<boolean> =>
  (await session.all('select day from rollups where dropped > 0 limit 1')).length > 0;
