import type { SegmentRow } from '../rows.ts';
import type { SqlSession } from './sql-database.ts';

/** Adds to the sums of a day and a stream. No race: whoever is here holds the lock of the stream's progress. */
export async function addSegmentDay(
  session: SqlSession,
  { day, streamId }: { day: number; streamId: number },
  rows: SegmentRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const lines = rows.reduce((sum, row) => sum + row.lines, 0);
  const changed = await session.run(
    'update segment_days set segments = segments + ?, line_count = line_count + ? where day = ? and stream_id = ?',
    [rows.length, lines, day, streamId],
  );
  if (changed > 0) return;
  await session.run('insert into segment_days (day, stream_id, segments, line_count) values (?, ?, ?, ?)', [
    day,
    streamId,
    rows.length,
    lines,
  ]);
}
