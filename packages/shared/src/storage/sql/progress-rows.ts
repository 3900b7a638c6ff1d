import type { StreamProgress } from '../rows.ts';
import type { SqlSession } from './sql-database.ts';

interface StoredProgress extends Omit<StreamProgress, 'counts' | 'partition'> {
  partitionNumber: number;
  received: number;
  accepted: number;
  repeated: number;
  quarantined: number;
}

const columns = `stream_id as streamId, topic, partition_number as partitionNumber, incarnation, owner_epoch as ownerEpoch,
  next_offset as nextOffset, last_line_hash as lastLineHash, received, accepted, repeated, quarantined`;

const toProgress = (row: StoredProgress): StreamProgress => ({
  streamId: row.streamId,
  topic: row.topic,
  partition: row.partitionNumber,
  incarnation: row.incarnation,
  ownerEpoch: row.ownerEpoch,
  nextOffset: row.nextOffset,
  lastLineHash: row.lastLineHash,
  counts: {
    received: row.received,
    accepted: row.accepted,
    repeated: row.repeated,
    quarantined: row.quarantined,
  },
});

export async function progressRows(session: SqlSession, topic?: string): Promise<StreamProgress[]> {
  const where = topic === undefined ? '' : 'where topic = ?';
  const sql = `select ${columns} from progress ${where} order by stream_id`;
  return (await session.all<StoredProgress>(sql, topic === undefined ? [] : [topic])).map(toProgress);
}

export async function progressOf(session: SqlSession, streamId: number): Promise<StreamProgress> {
  const sql = `select ${columns} from progress where stream_id = ?`;
  return toProgress((await session.all<StoredProgress>(sql, [streamId]))[0]);
}
