import { AppError } from '../../runtime/index.ts';
import type { AppendCsv, CommitResult } from '../ledger.ts';
import type { IngestWindow, LineCounts, SegmentRow, WindowRows } from '../rows.ts';
import { addSegmentDay } from './segment-days.ts';
import {
  accountTable,
  csvFileTable,
  quarantineTable,
  ratingTable,
  recommendationTable,
  segmentTable,
  storedOn,
  type StreamPlace,
} from './row-tables.ts';
import { UniqueViolation, type SqlDatabase, type SqlSession } from './sql-database.ts';
import { unknownRows } from './unknown-rows.ts';

const attemptsMax = 5;

/**
 * See `IngestLedger.commitWindow`. Two partitions may write the same rating at once; then the database refuses one of them,
 * and trying again finds the row there. A violation that does not go away is a position written twice.
 */
export async function commitWindow(
  database: SqlDatabase,
  window: IngestWindow,
  appendCsv: AppendCsv,
): Promise<CommitResult> {
  checkWindow(window);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((session) => write(session, window, appendCsv));
    } catch (error) {
      if (!(error instanceof UniqueViolation)) throw error;
      if (attempt === attemptsMax) throw invalid(window, 'holds rows that stand at a position already taken', error);
    }
  }
}

async function write(session: SqlSession, window: IngestWindow, appendCsv: AppendCsv): Promise<CommitResult> {
  // First, since it takes the lock: from here on nobody else moves this partition.
  if (!(await moveProgress(session, window))) return { outcome: 'fenced' };
  const rows = await newRows(session, window.rows);
  const counts = countLines(window, rows);
  await addCounts(session, window, counts, rows.ratings.length);
  await insertRows(session, window, rows);
  // Last, so that what the database refuses has not been appended.
  await session.upsert(csvFileTable, await appendCsv(rows));
  return { outcome: 'committed', counts };
}

/** The fence. False: the partition has another owner or stands elsewhere; and then nothing was changed. */
async function moveProgress(session: SqlSession, window: IngestWindow): Promise<boolean> {
  const changed = await session.run(
    `update progress set next_offset = ?, last_line_hash = ?
      where stream_id = ? and owner_epoch = ? and incarnation = ? and next_offset = ?`,
    [
      window.nextOffset,
      window.lastLineHash,
      window.streamId,
      window.ownerEpoch,
      window.incarnation,
      window.expectedOffset,
    ],
  );
  return changed === 1;
}

/** Without the rows whose identity is in the tables, or stands earlier in the window. */
export async function newRows(session: SqlSession, rows: WindowRows): Promise<WindowRows> {
  return {
    ...rows,
    ratings: await unknownRows(session, ratingTable, rows.ratings),
    recommendations: await unknownRows(session, recommendationTable, rows.recommendations),
    accounts: await unknownRows(session, accountTable, rows.accounts),
  };
}

/** Rows that stand for one line each. */
export const singleLines = ({ ratings, recommendations, accounts }: WindowRows): number =>
  ratings.length + recommendations.length + accounts.length;

function countLines(window: IngestWindow, added: WindowRows): LineCounts {
  const { received, rows, watchLines } = window;
  const quarantined = rows.quarantine.length;
  const repeated = singleLines(rows) - singleLines(added);
  const accepted = received - repeated - quarantined;
  if (accepted !== watchLines + singleLines(added)) {
    throw invalid(
      window,
      `received ${received} lines, but its rows stand for ${watchLines + singleLines(rows) + quarantined}`,
    );
  }
  return { received, accepted, repeated, quarantined };
}

/** Sums beside the position: asking for them costs one row a partition, not a scan. */
export async function addCounts(
  session: SqlSession,
  window: Pick<IngestWindow, 'streamId' | 'watchLines'>,
  counts: LineCounts,
  ratings: number,
): Promise<void> {
  await session.run(
    `update progress set received = received + ?, accepted = accepted + ?, repeated = repeated + ?,
      quarantined = quarantined + ?, watch_lines = watch_lines + ?, ratings = ratings + ? where stream_id = ?`,
    [
      counts.received,
      counts.accepted,
      counts.repeated,
      counts.quarantined,
      window.watchLines,
      ratings,
      window.streamId,
    ],
  );
}

interface StoredPlace extends StreamPlace {
  storedDay?: number;
}

export async function insertRows(session: SqlSession, place: StoredPlace, rows: WindowRows): Promise<void> {
  const day = place.storedDay ?? 0;
  await session.insert(storedOn(ratingTable, day), rows.ratings);
  await session.insert(storedOn(segmentTable(place), day), rows.segments.toSorted(byUser));
  await session.insert(storedOn(recommendationTable, day), rows.recommendations);
  await session.insert(storedOn(accountTable, day), rows.accounts);
  await session.insert(storedOn(quarantineTable(place), day), rows.quarantine);
  await addSegmentDay(session, { day, streamId: place.streamId }, rows.segments);
}

/** The order of the index `segments_by_user`: each of its pages is touched once a window, which about halves the time. */
const byUser = (a: SegmentRow, b: SegmentRow): number => a.userId - b.userId || a.itemId - b.itemId;

function checkWindow(window: IngestWindow): void {
  if (window.nextOffset < window.expectedOffset) throw invalid(window, `goes back to offset ${window.nextOffset}`);
  const lines = window.rows.segments.reduce((sum, segment) => sum + segment.lines, 0);
  if (lines !== window.watchLines) throw invalid(window, `has ${window.watchLines} watch lines, its segments ${lines}`);
}

const invalid = (window: IngestWindow, what: string, cause?: unknown): AppError =>
  new AppError('DATA_INVALID', `window of stream ${window.streamId} at offset ${window.expectedOffset} ${what}`, {
    cause,
  });
