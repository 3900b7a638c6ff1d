import type { RatingRow } from '../rows.ts';
import type { Run } from './interactions.ts';
import type { SqlSession, SqlValue } from './sql-database.ts';

interface Judgement {
  userId: number;
  itemId: number;
  minutes: number;
  rating: number;
  timeMs: number;
}

/**
 * Feedback as evidence beside what the log says: watched minutes are the first ones of the item, watched in one go; liking and disliking are
 * ratings of their second. `ignored` is no evidence.
 */
export async function readFeedback(
  session: SqlSession,
  where: string,
  values: SqlValue[],
): Promise<{ runs: Run[]; ratings: RatingRow[] }> {
  const rows = await session.all<Judgement>(
    `select user_id as userId, item_id as itemId, minutes, rating, time_ms as timeMs from feedback where ${where}`,
    values,
  );
  const secondsOf = ({ timeMs }: Judgement): number => Math.floor(timeMs / 1_000);
  return {
    runs: rows
      .filter(({ minutes }) => minutes > 0)
      .map((row) => ({
        userId: row.userId,
        itemId: row.itemId,
        firstMinute: 0,
        lastMinute: row.minutes - 1,
        lastTime: secondsOf(row),
      })),
    ratings: rows
      .filter(({ rating }) => rating > 0)
      .map((row) => ({ userId: row.userId, itemId: row.itemId, time: secondsOf(row), rating: row.rating })),
  };
}

/** Both lists in the order in which `interactionsOf` wants runs. */
export const withRuns = (runs: Run[], more: Run[]): Run[] =>
  more.length === 0
    ? runs
    : [...runs, ...more].sort((a, b) => a.userId - b.userId || a.itemId - b.itemId || a.firstMinute - b.firstMinute);

/** Both lists in the order in which `interactionsOf` wants ratings. */
export const withRatings = (ratings: RatingRow[], more: RatingRow[]): RatingRow[] =>
  more.length === 0
    ? ratings
    : [...ratings, ...more].sort(
        (a, b) => a.userId - b.userId || a.itemId - b.itemId || a.time - b.time || a.rating - b.rating,
      );
