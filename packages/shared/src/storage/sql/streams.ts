import { AppError } from '../../runtime/index.ts';
import type { StreamProgress } from '../rows.ts';
import { takeNumbers } from './counters.ts';
import { progressOf } from './progress-rows.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';

/** See `IngestLedger.claim`. The counter's lock orders two first claims of one partition. */
export const claimStream = (database: SqlDatabase, topic: string, partition: number): Promise<StreamProgress> =>
  database.transaction(async (session) => {
    const known = (await streamId(session, topic, partition)) ?? (await newStream(session, topic, partition));
    await session.run('update progress set owner_epoch = owner_epoch + 1 where stream_id = ?', [known]);
    return progressOf(session, known);
  });

async function streamId(session: SqlSession, topic: string, partition: number): Promise<number | undefined> {
  const sql = 'select stream_id as streamId from progress where topic = ? and partition_number = ?';
  return (await session.all<{ streamId: number }>(sql, [topic, partition]))[0]?.streamId;
}

async function newStream(session: SqlSession, topic: string, partition: number): Promise<number> {
  const id = await takeNumbers(session, 'stream', 1);
  // Whoever held the lock before may have been here for the same partition.
  const known = await streamId(session, topic, partition);
  if (known !== undefined) return known;
  await session.run(
    `insert into progress (stream_id, topic, partition_number, incarnation, owner_epoch, next_offset, last_line_hash,
      received, accepted, repeated, quarantined, watch_lines, ratings) values (?, ?, ?, 1, 0, 0, null, 0, 0, 0, 0, 0, 0)`,
    [id, topic, partition],
  );
  return id;
}

/** See `IngestLedger.beginIncarnation`. Counts go on: they are of the partition's whole life. */
export const beginIncarnation = (database: SqlDatabase, stream: number, ownerEpoch: number): Promise<StreamProgress> =>
  database.transaction(async (session) => {
    const changed = await session.run(
      `update progress set incarnation = incarnation + 1, next_offset = 0, last_line_hash = null
        where stream_id = ? and owner_epoch = ?`,
      [stream, ownerEpoch],
    );
    if (changed !== 1) throw new AppError('FENCED', `stream ${stream} has another owner than epoch ${ownerEpoch}`);
    return progressOf(session, stream);
  });
