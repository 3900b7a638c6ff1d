import type { JobSlice, NewJob, RecommendationOfJob } from '../job-ledger.ts';
import type { RowTable } from './sql-database.ts';

export const jobTable = ({ holder, untilMs } = { holder: '', untilMs: 0 }): RowTable<NewJob> => ({
  name: 'jobs',
  columns: [
    'job_id',
    'created_ms',
    'active_days',
    'item_count',
    'kept_count',
    'as_rows',
    'state',
    'reason',
    'finished_ms',
    'holder',
    'held_until',
  ],
  keyLength: 1,
  values: ({ jobId, createdMs, activeDays, count, keptCount, asRows }) => {
    const given = [jobId, createdMs, activeDays, count, keptCount, Number(asRows)];
    return given.concat('loading', '', null, holder, untilMs);
  },
});

export const sliceTable = (jobId: string): RowTable<JobSlice> => ({
  name: 'job_slices',
  columns: [
    'job_id',
    'slice_no',
    'state',
    'attempts',
    'published_ms',
    'kept_ms',
    'user_count',
    'answered',
    'fallbacks',
    'failures',
    'reason',
    'finished_ms',
  ],
  keyLength: 2,
  values: ({ sliceNo, userIds }) => [jobId, sliceNo, 'waiting', 0, 0, 0, userIds.length, 0, 0, 0, '', 0],
});

export const sliceUserTable = (jobId: string): RowTable<JobSlice> => ({
  name: 'job_users',
  columns: ['job_id', 'slice_no', 'user_ids'],
  keyLength: 2,
  values: ({ sliceNo, userIds }) => [jobId, sliceNo, bytesOf(userIds)],
});

export const resultTable = (jobId: string): RowTable<{ sliceNo: number; body: Uint8Array }> => ({
  name: 'job_results',
  columns: ['job_id', 'slice_no', 'body'],
  keyLength: 2,
  values: ({ sliceNo, body }) => [jobId, sliceNo, Buffer.from(body.buffer, body.byteOffset, body.byteLength)],
});

export const recommendationRowTable = (jobId: string): RowTable<RecommendationOfJob> => ({
  name: 'job_rows',
  columns: ['job_id', 'user_id', 'item_rank', 'item_id', 'score', 'model_version', 'source'],
  keyLength: 3,
  values: ({ userId, rank, itemId, score, modelVersion, source = null }) => [
    jobId,
    userId,
    rank,
    itemId,
    score,
    modelVersion,
    source,
  ],
});

/** Four bytes a user, little-endian like every host that this runs on. */
const bytesOf = (userIds: Int32Array): Buffer => Buffer.from(userIds.buffer, userIds.byteOffset, userIds.byteLength);

/** A copy: what a driver gives need not be aligned. */
export const userIdsOf = (bytes: Uint8Array): Int32Array => new Int32Array(Uint8Array.from(bytes).buffer);
