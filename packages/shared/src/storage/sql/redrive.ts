import { AppError } from '../../runtime/index.ts';
import type { AppendCsv, CommitResult } from '../ledger.ts';
import type { LineCounts } from '../rows.ts';
import type { Redrive } from '../upkeep-ledger.ts';
import { addCounts, insertRows, newRows, singleLines } from './commit-window.ts';
import { csvFileTable } from './row-tables.ts';
import { UniqueViolation, type SqlDatabase, type SqlSession } from './sql-database.ts';

const attemptsMax = 5;
const offsetsAtOnce = 500;

/** See `UpkeepLedger.redrive`. Tried again when a partition writes the same rating at the same time. */
export async function redrive(database: SqlDatabase, given: Redrive, appendCsv: AppendCsv): Promise<CommitResult> {
  check(given);
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((session) => write(session, given, appendCsv));
    } catch (error) {
      if (error instanceof NotInQuarantine) return { outcome: 'fenced' };
      if (!(error instanceof UniqueViolation) || attempt === attemptsMax) throw error;
    }
  }
}

/** Undoes the transaction. */
class NotInQuarantine extends Error {}

async function write(session: SqlSession, given: Redrive, appendCsv: AppendCsv): Promise<CommitResult> {
  // First, since it takes the lock of the stream: a flush of it and another re-drive wait.
  await session.run('update progress set received = received where stream_id = ?', [given.streamId]);
  if ((await mark(session, given)) !== given.offsets.length) throw new NotInQuarantine();
  const rows = await newRows(session, given.rows);
  const repeated = singleLines(given.rows) - singleLines(rows);
  const lines = given.offsets.length;
  const moved: LineCounts = { received: 0, accepted: lines - repeated, repeated, quarantined: -lines };
  await addCounts(session, given, moved, rows.ratings.length);
  await insertRows(session, given, rows);
  await session.upsert(csvFileTable, await appendCsv(rows));
  return { outcome: 'committed', counts: { ...moved, received: lines, quarantined: 0 } };
}

/** Returns how many lines were in quarantine. */
async function mark(session: SqlSession, { offsets, streamId, incarnation, redrivenAt }: Redrive): Promise<number> {
  let marked = 0;
  for (let start = 0; start < offsets.length; start += offsetsAtOnce) {
    const some = offsets.slice(start, start + offsetsAtOnce);
    marked += await session.run(
      `update quarantine set redriven_at = ? where stream_id = ? and incarnation = ? and redriven_at is null
        and line_offset in (${some.map(() => '?').join(', ')})`,
      [redrivenAt, streamId, incarnation, ...some],
    );
  }
  return marked;
}

function check({ offsets, rows, watchLines, streamId }: Redrive): void {
  const lines = rows.segments.reduce((sum, segment) => sum + segment.lines, 0);
  const isWhole = lines === watchLines && watchLines + singleLines(rows) === offsets.length;
  if (isWhole && new Set(offsets).size === offsets.length && rows.quarantine.length === 0) return;
  throw new AppError('DATA_INVALID', `a re-drive of stream ${streamId}: ${offsets.length} lines, but other rows`);
}
