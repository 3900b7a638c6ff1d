import type {
  AccountRow,
  CsvFile,
  QuarantineRow,
  RatingRow,
  RecommendationRow,
  SegmentRow,
  UserRow,
  VersionRow,
} from '../rows.ts';
import type { RowTable } from './sql-database.ts';

/** Place of rows whose identity is their position in the log. */
export interface StreamPlace {
  streamId: number;
  incarnation: number;
}

/** The table with the day on which its rows are stored. */
export const storedOn = <Row>(table: RowTable<Row>, day: number): RowTable<Row> => ({
  ...table,
  columns: [...table.columns, 'stored_day'],
  values: (row) => [...table.values(row), day],
});

export const ratingTable: RowTable<RatingRow> = {
  name: 'ratings',
  columns: ['user_id', 'item_id', 'time', 'rating'],
  keyLength: 4,
  values: (row) => [row.userId, row.itemId, row.time, row.rating],
};

export const segmentTable = ({ streamId, incarnation }: StreamPlace): RowTable<SegmentRow> => ({
  name: 'segments',
  columns: [
    'stream_id',
    'incarnation',
    'first_offset',
    'user_id',
    'item_id',
    'first_minute',
    'last_minute',
    'first_time',
    'last_time',
    'line_count',
  ],
  keyLength: 3,
  values: (row) => [
    streamId,
    incarnation,
    row.firstOffset,
    row.userId,
    row.itemId,
    row.firstMinute,
    row.lastMinute,
    row.firstTime,
    row.lastTime,
    row.lines,
  ],
});

export const recommendationTable: RowTable<RecommendationRow> = {
  name: 'recommendations',
  columns: ['time', 'user_id', 'line_hash', 'millisecond', 'status', 'latency_ms', 'result'],
  keyLength: 3,
  values: (row) => [row.time, row.userId, row.lineHash, row.millisecond, row.status, row.latencyMs, row.result],
};

export const accountTable: RowTable<AccountRow> = {
  name: 'accounts',
  columns: ['time', 'user_id', 'line_hash'],
  keyLength: 3,
  values: (row) => [row.time, row.userId, row.lineHash],
};

export const quarantineTable = ({ streamId, incarnation }: StreamPlace): RowTable<QuarantineRow> => ({
  name: 'quarantine',
  columns: ['stream_id', 'incarnation', 'line_offset', 'reason', 'line'],
  keyLength: 3,
  values: (row) => [streamId, incarnation, row.offset, row.reason, row.line],
});

export const csvFileTable: RowTable<CsvFile> = {
  name: 'csv_files',
  columns: ['path', 'stream_id', 'owner_epoch', 'kind', 'stored_day', 'committed_bytes', 'committed_rows'],
  keyLength: 1,
  values: (row) => [
    row.path,
    row.streamId,
    row.ownerEpoch,
    row.kind,
    row.storedDay,
    row.committedBytes,
    row.committedRows,
  ],
};

export const userTable: RowTable<UserRow> = {
  name: 'users',
  columns: ['user_id', 'age', 'gender', 'occupation'],
  keyLength: 1,
  values: (row) => [row.userId, row.age, row.gender, row.occupation],
};

export const versionTable: RowTable<VersionRow> = {
  name: 'versions',
  columns: ['version_number', 'id', 'state', 'reason', 'manifest', 'created_at'],
  keyLength: 1,
  values: (row) => [row.number, row.id, row.state, row.reason, row.manifest, row.createdAt],
};
