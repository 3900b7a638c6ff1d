import type { VerifyLedger } from '../ledger.ts';
import type { AccountRow, QuarantineRow, RecommendationRow, SegmentRow, WindowRows } from '../rows.ts';
import { ratingRows } from './read-interactions.ts';
import { readPages } from './read-pages.ts';
import type { StreamPlace } from './row-tables.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { streamPlaces } from './stream-places.ts';
import { userRanges } from './user-ranges.ts';

const rowsAtOnce = 5_000;
const noRows: WindowRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };

/** One kind after another, each in the order of its identity; a page holds rows of one kind. */
export const createVerifyLedger = (database: SqlDatabase): VerifyLedger => ({
  async allRows(onRows, { fromDay = 0 } = {}) {
    for await (const { after, upTo } of userRanges(database, ['ratings'], rowsAtOnce)) {
      await onRows({
        ...noRows,
        ratings: await ratingRows(database, 'user_id > ? and user_id <= ? and stored_day >= ?', [after, upTo, fromDay]),
      });
    }
    for (const place of await streamPlaces(database)) {
      for await (const segments of segmentPages(database, place, fromDay)) await onRows({ ...noRows, segments });
      for await (const quarantine of quarantinePages(database, place, fromDay)) await onRows({ ...noRows, quarantine });
    }
    for await (const recommendations of recommendationPages(database, fromDay))
      await onRows({ ...noRows, recommendations });
    for await (const accounts of accountPages(database, fromDay)) await onRows({ ...noRows, accounts });
  },
});

const segmentPages = (session: SqlSession, { streamId, incarnation }: StreamPlace, fromDay: number) =>
  readPages<SegmentRow>((last) =>
    session.all(
      `select first_offset as firstOffset, user_id as userId, item_id as itemId, first_minute as firstMinute,
        last_minute as lastMinute, first_time as firstTime, last_time as lastTime, line_count as \`lines\` from segments
        where stream_id = ? and incarnation = ? and first_offset > ? and stored_day >= ?
        and stored_day not in (select day from rollups where dropped > 0) order by first_offset limit ${rowsAtOnce}`,
      [streamId, incarnation, last?.firstOffset ?? -1, fromDay],
    ),
  );

const quarantinePages = (session: SqlSession, { streamId, incarnation }: StreamPlace, fromDay: number) =>
  readPages<QuarantineRow>((last) =>
    session.all(
      `select line_offset as \`offset\`, reason, line from quarantine
        where stream_id = ? and incarnation = ? and line_offset > ? and stored_day >= ? order by line_offset limit ${rowsAtOnce}`,
      [streamId, incarnation, last?.offset ?? -1, fromDay],
    ),
  );

/** Rows after the identity (time, user, hash) of `last`, in that order. */
const afterLine = `where (time > ? or (time = ? and (user_id > ? or (user_id = ? and line_hash > ?)))) and stored_day >= ?
  order by time, user_id, line_hash limit ${rowsAtOnce}`;

const lineIdentity = ({ time, userId, lineHash }: AccountRow = { time: -1, userId: -1, lineHash: '' }) => [
  time,
  time,
  userId,
  userId,
  lineHash,
];

const recommendationPages = (session: SqlSession, fromDay: number) =>
  readPages<RecommendationRow>((last) =>
    session.all(
      `select time, millisecond, user_id as userId, line_hash as lineHash, status, latency_ms as latencyMs, result
        from recommendations ${afterLine}`,
      [...lineIdentity(last), fromDay],
    ),
  );

const accountPages = (session: SqlSession, fromDay: number) =>
  readPages<AccountRow>((last) =>
    session.all(`select time, user_id as userId, line_hash as lineHash from accounts ${afterLine}`, [
      ...lineIdentity(last),
      fromDay,
    ]),
  );
