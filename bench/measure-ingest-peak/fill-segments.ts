import { MysqlPool } from '../../packages/shared/src/storage/mysql/mysql-pool.ts';

const rowsAtOnce = 1_000_000;
const users = 1_000_000;
const movies = 27_000;

/** Where the rows stand: a stream of their own, on the day on which the bench will store, too. */
interface Filled {
  rows: number;
  streamId: number;
  day: number;
}

/**
 * Fills the table of segments on the server itself, users and movies all over the index by user. The index is built afterwards, its pages
 * filled to 70 %, as pages that grew are. The statements need MariaDB's sequence engine.
 */
export async function fillSegments(url: string, { rows, streamId, day }: Filled): Promise<void> {
  const pool = new MysqlPool(url);
  const run = (sql: string, values: number[] = []) => pool.use((connection) => connection.query(sql, values));
  try {
    await run('alter table segments drop index segments_by_user');
    for (let first = 1; first <= rows; first += rowsAtOnce) {
      await run(
        `insert into segments (stream_id, incarnation, first_offset, user_id, item_id, first_minute, last_minute, first_time,
          last_time, line_count, stored_day)
          select ?, 1, seq * 5, 1 + (seq * 7919) % ${users}, 1 + (seq * 104729) % ${movies}, seq % 90, seq % 90 + 4,
            1900000000 + seq div 320, 1900000240 + seq div 320, 5, ?
          from seq_${first}_to_${Math.min(rows, first + rowsAtOnce - 1)}`,
        [streamId, day],
      );
    }
    await run('create index segments_by_user on segments (user_id, item_id, first_minute, last_minute, last_time)');
    await run('insert into segment_days (day, stream_id, segments, line_count) values (?, ?, ?, ?)', [
      day,
      streamId,
      rows,
      rows * 5,
    ]);
  } finally {
    await pool.close();
  }
}
