import { AppError } from '../../runtime/index.ts';
import type { SegmentDay, ViewingRow } from '../upkeep-ledger.ts';
import type { RowTable, SqlDatabase, SqlSession } from './sql-database.ts';
import { userRanges, type UserRange } from './user-ranges.ts';

const rowsAtOnce = 10_000;

/** `rollups.dropped`: the segments are there (0), are going, are gone. */
const [going, gone] = [1, 2];

interface DaySegment {
  userId: number;
  itemId: number;
  firstMinute: number;
  lastMinute: number;
  firstTime: number;
  lastTime: number;
  lineCount: number;
}

const viewingTable: RowTable<ViewingRow> = {
  name: 'viewings',
  columns: ['user_id', 'item_id', 'day', 'minutes', 'first_time', 'last_time', 'line_count', 'alone', 'runs'],
  keyLength: 3,
  values: (row) => [row.userId, row.itemId, row.day, row.minutes, row.firstTime, row.lastTime, row.lines, 0, row.runs],
};

/** Days with segments. A roll-up is current while it has seen as many segments as were stored. */
export async function segmentDays(session: SqlSession): Promise<SegmentDay[]> {
  const rows = await session.all<Omit<SegmentDay, 'dropped'> & { rolled: number | null; dropped: number | null }>(
    `select d.day as day, d.segments as segments, d.line_count as \`lines\`, r.segments as rolled, r.viewings as viewings,
      r.dropped as dropped from (select day, sum(segments) as segments, sum(line_count) as line_count
      from segment_days group by day) d left join rollups r on r.day = d.day order by d.day`,
  );
  return rows.map(({ day, segments, lines, rolled, viewings, dropped }) => ({
    day,
    segments: Number(segments),
    lines: Number(lines),
    viewings: rolled === Number(segments) ? viewings : null,
    dropped: dropped === gone,
  }));
}

/**
 * See `UpkeepLedger.rollUpDay`. Range of users after range, each in one transaction, in the order of an index; so it costs a walk
 * over all segments that are kept, of which only those of the day are read whole.
 */
export async function rollUpDay(database: SqlDatabase, day: number): Promise<SegmentDay> {
  const known = (await segmentDays(database)).find((one) => one.day === day);
  if (known === undefined || (await isGoing(database, day)))
    throw new AppError('NOT_FOUND', `no segments of day ${day} in the ledger`);
  const sums = { segments: 0, lines: 0, viewings: 0 };
  for await (const range of userRanges(database, ['segments', 'viewings'], rowsAtOnce)) {
    const page = await database.transaction((session) => rollUpRange(session, day, range));
    sums.segments += page.segments;
    sums.lines += page.lines;
    sums.viewings += page.viewings;
  }
  await database.upsert(rollupTable, [{ day, ...sums }]);
  return { day, ...sums, dropped: false };
}

const isGoing = async (session: SqlSession, day: number): Promise<boolean> =>
  (await session.all('select day from rollups where day = ? and dropped >= ?', [day, going])).length > 0;

const rollupTable: RowTable<{ day: number; segments: number; lines: number; viewings: number }> = {
  name: 'rollups',
  columns: ['day', 'segments', 'line_count', 'viewings', 'dropped'],
  keyLength: 1,
  values: (row) => [row.day, row.segments, row.lines, row.viewings, 0],
};

async function rollUpRange(session: SqlSession, day: number, { after, upTo }: UserRange) {
  const segments = await session.all<DaySegment>(
    `select user_id as userId, item_id as itemId, first_minute as firstMinute, last_minute as lastMinute,
      first_time as firstTime, last_time as lastTime, line_count as lineCount from segments
      where user_id > ? and user_id <= ? and stored_day = ? order by user_id, item_id, first_minute`,
    [after, upTo, day],
  );
  const viewings = viewingsOf(segments, day);
  await session.run('delete from viewings where user_id > ? and user_id <= ? and day = ?', [after, upTo, day]);
  await session.insert(viewingTable, viewings);
  const lines = segments.reduce((sum, { lineCount }) => sum + lineCount, 0);
  return { segments: segments.length, lines, viewings: viewings.length };
}

/** One viewing for each user and item. Segments come ordered by (user, item, first minute). */
function viewingsOf(segments: DaySegment[], day: number): ViewingRow[] {
  const rows: ViewingRow[] = [];
  for (let first = 0, end = 0; first < segments.length; first = end) {
    const { userId, itemId } = segments[first];
    while (segments[end]?.userId === userId && segments[end].itemId === itemId) end += 1;
    rows.push(viewingOf(segments.slice(first, end), day));
  }
  return rows;
}

function viewingOf(segments: DaySegment[], day: number): ViewingRow {
  const runs: [first: number, last: number][] = [];
  const { userId, itemId } = segments[0];
  const row = { userId, itemId, day, minutes: 0, firstTime: Infinity, lastTime: 0, lines: 0, runs: '' };
  for (const { firstMinute, lastMinute, firstTime, lastTime, lineCount } of segments) {
    const run = runs.at(-1);
    if (run && firstMinute <= run[1] + 1) run[1] = Math.max(run[1], lastMinute);
    else runs.push([firstMinute, lastMinute]);
    row.firstTime = Math.min(row.firstTime, firstTime);
    row.lastTime = Math.max(row.lastTime, lastTime);
    row.lines += lineCount;
  }
  row.minutes = runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  row.runs = runs.map((run) => run.join('-')).join(',');
  return row;
}

/**
 * See `UpkeepLedger.dropSegments`. Range after range: the viewings of a range stand alone from the moment on in which its segments
 * go. One that broke off is done again from its start.
 */
export async function dropSegments(database: SqlDatabase, day: number): Promise<void> {
  const known = (await segmentDays(database)).find((one) => one.day === day);
  if (known?.dropped) return;
  if (known === undefined || known.viewings === null) {
    throw new AppError('DATA_INVALID', `segments of day ${day} are not rolled up`);
  }
  // First: from here on the day is not rolled up again, which would lose the viewings whose segments are gone.
  await database.run('update rollups set dropped = ? where day = ?', [going, day]);
  for await (const { after, upTo } of userRanges(database, ['segments', 'viewings'], rowsAtOnce)) {
    await database.transaction(async (session) => {
      const range = [after, upTo, day];
      await session.run('update viewings set alone = 1 where user_id > ? and user_id <= ? and day = ?', range);
      await session.run('delete from segments where user_id > ? and user_id <= ? and stored_day = ?', range);
    });
  }
  await database.run('update rollups set dropped = ? where day = ?', [gone, day]);
}

export const readViewings = async (
  session: SqlSession,
  onPage: (rows: ViewingRow[]) => void | Promise<void>,
): Promise<void> => {
  for await (const { after, upTo } of userRanges(session, ['viewings'], rowsAtOnce)) {
    const rows = await session.all<ViewingRow>(
      `select user_id as userId, item_id as itemId, day, minutes, first_time as firstTime, last_time as lastTime,
        line_count as \`lines\`, runs from viewings where user_id > ? and user_id <= ? order by user_id, item_id, day`,
      [after, upTo],
    );
    if (rows.length > 0) await onPage(rows);
  }
};
