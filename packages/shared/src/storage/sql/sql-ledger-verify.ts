import type { VerifyLedger } from '../ledger.ts';
import type { AccountRow, QuarantineRow, RecommendationRow, SegmentRow, WindowRows } from '../rows.ts';
import { progressRows } from './progress-rows.ts';
import { ratingRows } from './read-interactions.ts';
import { readPages } from './read-pages.ts';
import type { StreamPlace } from './row-tables.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { userRanges } from './user-ranges.ts';

const rowsAtOnce = 5_000;
const noRows: WindowRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };

/** One kind after another, each in the order of its identity; a page holds rows of one kind. */
export const createVerifyLedger = (database: SqlDatabase): VerifyLedger => ({
  async allRows(onRows) {
    for await (const { after, upTo } of userRanges(database, ['ratings'], rowsAtOnce)) {
      await onRows({ ...noRows, ratings: await ratingRows(database, 'user_id > ? and user_id <= ?', [after, upTo]) });
    }
    for (const place of await streamPlaces(database)) {
      for await (const segments of segmentPages(database, place)) await onRows({ ...noRows, segments });
      for await (const quarantine of quarantinePages(database, place)) await onRows({ ...noRows, quarantine });
    }
    for await (const recommendations of recommendationPages(database)) await onRows({ ...noRows, recommendations });
    for await (const accounts of accountPages(database)) await onRows({ ...noRows, accounts });
  },
});

/** Incarnations count from 1 without a gap. */
async function streamPlaces(session: SqlSession): Promise<StreamPlace[]> {
  return (await progressRows(session)).flatMap(({ streamId, incarnation }) =>
    Array.from({ length: incarnation }, (_, earlier) => ({ streamId, incarnation: earlier + 1 })),
  );
}

const segmentPages = (session: SqlSession, { streamId, incarnation }: StreamPlace) =>
  readPages<SegmentRow>((last) =>
    session.all(
      `select first_offset as firstOffset, user_id as userId, item_id as itemId, first_minute as firstMinute,
        last_minute as lastMinute, first_time as firstTime, last_time as lastTime, line_count as \`lines\` from segments
        where stream_id = ? and incarnation = ? and first_offset > ? order by first_offset limit ${rowsAtOnce}`,
      [streamId, incarnation, last?.firstOffset ?? -1],
    ),
  );

const quarantinePages = (session: SqlSession, { streamId, incarnation }: StreamPlace) =>
  readPages<QuarantineRow>((last) =>
    session.all(
      `select line_offset as \`offset\`, reason, line from quarantine
        where stream_id = ? and incarnation = ? and line_offset > ? order by line_offset limit ${rowsAtOnce}`,
      [streamId, incarnation, last?.offset ?? -1],
    ),
  );

/** Rows after the identity (time, user, hash) of `last`, in that order. */
const afterLine = `where time > ? or (time = ? and (user_id > ? or (user_id = ? and line_hash > ?)))
  order by time, user_id, line_hash limit ${rowsAtOnce}`;

const lineIdentity = ({ time, userId, lineHash }: AccountRow = { time: -1, userId: -1, lineHash: '' }) => [
  time,
  time,
  userId,
  userId,
  lineHash,
];

const recommendationPages = (session: SqlSession) =>
  readPages<RecommendationRow>((last) =>
    session.all(
      `select time, millisecond, user_id as userId, line_hash as lineHash, status, latency_ms as latencyMs, result
        from recommendations ${afterLine}`,
      lineIdentity(last),
    ),
  );

const accountPages = (session: SqlSession) =>
  readPages<AccountRow>((last) =>
    session.all(`select time, user_id as userId, line_hash as lineHash from accounts ${afterLine}`, lineIdentity(last)),
  );
