import { rowsIn } from './rows-in.ts';
import type { SqlSession } from './sql-database.ts';
import type { ListUse, TruthLine } from './truth-lines.ts';

interface WatchedRun {
  streamId: number;
  incarnation: number;
  firstOffset: number;
  userId: number;
  itemId: number;
  firstMinute: number;
  lastMinute: number;
  time: number;
}

interface GivenRating {
  userId: number;
  itemId: number;
  time: number;
  rating: number;
}

/** What counts for a later answer already, by its identity. */
export type Counted = ReadonlySet<string>;

const runKey = ({ streamId, incarnation, firstOffset }: WatchedRun): string =>
  `${streamId}/${incarnation}/${firstOffset}`;
const ratingKey = ({ userId, itemId, time, rating }: GivenRating): string => `r${userId}/${itemId}/${time}/${rating}`;

/**
 * What was watched and rated of each list within the window after it. Lines come newest first, page after page, so what a line meets
 * and is not in `counted` belongs to it: it is the last answer before that had the item on its list.
 */
export async function readListUse(
  session: SqlSession,
  lines: TruthLine[],
  { windowSeconds, itemOf, counted }: { windowSeconds: number; itemOf: ReadonlyMap<string, number>; counted: Counted },
): Promise<{ uses: ListUse[]; counted: string[] }> {
  const users = [...new Set(lines.flatMap(({ itemIds, userId }) => (itemIds.length > 0 ? [userId] : [])))];
  const times = lines.map(({ time }) => time);
  const [from, to] = [Math.min(...times), Math.max(...times) + windowSeconds];
  const runs = Map.groupBy(await watchedRuns(session, users, from, to), ({ userId }) => userId);
  const ratings = Map.groupBy(await givenRatings(session, users, from, to), ({ userId }) => userId);
  const now = new Set<string>();
  const isFree = (key: string): boolean => !counted.has(key) && !now.has(key);
  const uses = lines.map(({ time, userId, itemIds }) => {
    const listed = new Set(itemIds.map((id) => itemOf.get(id)));
    const isOurs = (one: { itemId: number; time: number }): boolean =>
      listed.has(one.itemId) && one.time >= time && one.time < time + windowSeconds;
    const itsRuns = (runs.get(userId) ?? []).filter((run) => isOurs(run) && isFree(runKey(run)));
    const itsRatings = (ratings.get(userId) ?? []).filter((one) => isOurs(one) && isFree(ratingKey(one)));
    for (const run of itsRuns) now.add(runKey(run));
    for (const one of itsRatings) now.add(ratingKey(one));
    return useOf(itsRuns, itsRatings);
  });
  return { uses, counted: [...now] };
}

/** Those of these users that may have begun or gone on between the two seconds. */
export const watchedRuns = (session: SqlSession, users: number[], from: number, to: number): Promise<WatchedRun[]> =>
  rowsIn(
    session,
    `select stream_id as streamId, incarnation, first_offset as firstOffset, user_id as userId, item_id as itemId,
      first_minute as firstMinute, last_minute as lastMinute, first_time as time
      from segments where last_time >= ? and first_time < ? and user_id`,
    users,
    [from, to],
  );

export const givenRatings = (session: SqlSession, users: number[], from: number, to: number): Promise<GivenRating[]> =>
  rowsIn(
    session,
    'select user_id as userId, item_id as itemId, time, rating from ratings where time >= ? and time < ? and user_id',
    users,
    [from, to],
  );

function useOf(runs: WatchedRun[], ratings: GivenRating[]): ListUse {
  const byItem = Map.groupBy(runs, ({ itemId }) => itemId);
  const minutes = [...byItem.values()].reduce((sum, some) => sum + distinctMinutes(some), 0);
  const ratingSum = ratings.reduce((sum, { rating }) => sum + rating, 0);
  return { watched: byItem.size, minutes, ratings: ratings.length, ratingSum };
}

function distinctMinutes(runs: WatchedRun[]): number {
  let [reached, minutes] = [-1, 0];
  for (const { firstMinute, lastMinute } of runs.toSorted((a, b) => a.firstMinute - b.firstMinute)) {
    minutes += Math.max(0, lastMinute - Math.max(reached, firstMinute - 1));
    reached = Math.max(reached, lastMinute);
  }
  return minutes;
}
