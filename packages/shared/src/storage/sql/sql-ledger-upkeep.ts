import type { QuarantineReason } from '../../contracts/index.ts';
import type { QuarantinedLine, UpkeepLedger } from '../upkeep-ledger.ts';
import { takeNumbers } from './counters.ts';
import { readPages } from './read-pages.ts';
import { redrive } from './redrive.ts';
import { dropSegments, readViewings, rollUpDay, segmentDays } from './roll-up.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { streamPlaces } from './stream-places.ts';

const linesAtOnce = 1_000;

export const createUpkeepLedger = (database: SqlDatabase): UpkeepLedger => ({
  quarantineCounts: () =>
    database.all<{ reason: QuarantineReason; lines: number }>(
      `select reason, count(*) as \`lines\` from quarantine where redriven_at is null group by reason order by reason`,
    ),
  openQuarantine: (onPage, options) => openQuarantine(database, onPage, options?.reason),
  redrive: (given, appendCsv) => redrive(database, given, appendCsv),
  nextRedrive: () => database.transaction((session) => takeNumbers(session, 'redrive', 1)),
  segmentDays: () => segmentDays(database),
  rollUpDay: (day) => rollUpDay(database, day),
  viewings: (onPage) => readViewings(database, onPage),
  dropSegments: (day) => dropSegments(database, day),
  dropCsvBefore: (day) => database.transaction((session) => dropCsvBefore(session, day)),
  csvFromDay: () => csvFromDay(database),
});

async function openQuarantine(
  session: SqlSession,
  onPage: (lines: QuarantinedLine[]) => void | Promise<void>,
  reason?: QuarantineReason,
): Promise<void> {
  const [where, values] = reason === undefined ? ['', []] : ['and reason = ?', [reason]];
  for (const { streamId, incarnation } of await streamPlaces(session)) {
    const pages = readPages<QuarantinedLine>((last) =>
      session.all(
        `select stream_id as streamId, incarnation, line_offset as \`offset\`, reason, line from quarantine
          where stream_id = ? and incarnation = ? and line_offset > ? and redriven_at is null ${where}
          order by line_offset limit ${linesAtOnce}`,
        [streamId, incarnation, last?.offset ?? -1, ...values],
      ),
    );
    for await (const page of pages) await onPage(page);
  }
}

async function csvFromDay(session: SqlSession): Promise<number> {
  const [row] = await session.all<{ last: number }>("select last from counters where name = 'csv_from_day'");
  return row.last;
}

async function dropCsvBefore(session: SqlSession, day: number): Promise<string[]> {
  const changed = await session.run("update counters set last = ? where name = 'csv_from_day' and last < ?", [
    day,
    day,
  ]);
  if (changed === 0) return [];
  const files = await session.all<{ path: string }>('select path from csv_files where stored_day < ?', [day]);
  await session.run('delete from csv_files where stored_day < ?', [day]);
  return files.map(({ path }) => path);
}
