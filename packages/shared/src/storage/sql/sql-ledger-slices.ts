import {
  sliceAttemptsMax,
  type JobLedger,
  type NewJob,
  type RecommendationOfJob,
  type SliceOutcome,
  type TakenSlice,
} from '../job-ledger.ts';
import { recommendationRowTable, resultTable, userIdsOf } from './job-tables.ts';
import { readPages } from './read-pages.ts';
import type { SqlDatabase, SqlSession, SqlValue } from './sql-database.ts';

type SliceLedger = Omit<
  JobLedger,
  | 'addJob'
  | 'addSlices'
  | 'lastSlice'
  | 'changeJob'
  | 'job'
  | 'jobs'
  | 'openJobs'
  | 'holdJob'
  | 'activeUsers'
  | 'dropJobs'
>;

const rowsAtOnce = 5_000;
const reasonLengthMax = 500;
const whole = (limit: number): number => Math.trunc(limit);

export const createSliceLedger = (database: SqlDatabase): SliceLedger => ({
  unpublishedSlices: (jobId, limit) => waitingSlices(database, 'published_ms = 0', [jobId], limit),
  lostSlices: (jobId, sinceMs, limit) =>
    waitingSlices(database, 'published_ms between 1 and ? and kept_ms <= ?', [jobId, sinceMs, sinceMs], limit),
  async publishedCount(jobId) {
    const [{ published }] = await database.all<{ published: number }>(
      "select count(*) as published from job_slices where job_id = ? and state = 'waiting' and published_ms > 0",
      [jobId],
    );
    return published;
  },
  async markPublished(jobId, sliceNos, nowMs) {
    if (sliceNos.length === 0) return;
    const marks = sliceNos.map(() => '?').join(', ');
    await database.run(
      `update job_slices set published_ms = ? where job_id = ? and state = 'waiting' and slice_no in (${marks})`,
      [nowMs, jobId, ...sliceNos],
    );
  },
  async forgetPublished(jobId) {
    await database.run(
      "update job_slices set published_ms = 0, kept_ms = 0 where job_id = ? and state = 'waiting' and published_ms > 0",
      [jobId],
    );
  },
  takeSlice: (jobId, sliceNo, nowMs) => database.transaction((session) => takeSlice(session, jobId, sliceNo, nowMs)),
  async keepSlice(jobId, sliceNo, nowMs) {
    const changed = await database.run(
      "update job_slices set kept_ms = ? where job_id = ? and slice_no = ? and state = 'waiting'",
      [nowMs, jobId, sliceNo],
    );
    return changed === 1;
  },
  async releaseSlice(jobId, sliceNo) {
    const changed = await database.run(
      `update job_slices set attempts = attempts - 1, published_ms = 0, kept_ms = 0
        where job_id = ? and slice_no = ? and state = 'waiting' and attempts > 0`,
      [jobId, sliceNo],
    );
    return changed === 1;
  },
  failSlice: (jobId, sliceNo, reason, nowMs) =>
    database.transaction((session) => failSlice(session, { jobId, sliceNo, reason, nowMs })),
  completeSlice: (outcome) => database.transaction((session) => completeSlice(session, outcome)),
  retryDead: (jobId) =>
    database.transaction(async (session) => {
      const again = await session.run(
        "update job_slices set state = 'waiting', attempts = 0, published_ms = 0, kept_ms = 0 where job_id = ? and state = 'dead'",
        [jobId],
      );
      if (again > 0)
        await session.run("update jobs set state = 'running', finished_ms = null where job_id = ?", [jobId]);
      return again;
    }),
  cancelJob: (jobId, nowMs) =>
    database.transaction(async (session) => {
      const changed = await session.run(
        "update jobs set state = 'cancelled', finished_ms = ? where job_id = ? and state in ('loading', 'running')",
        [nowMs, jobId],
      );
      if (changed !== 1) return false;
      await session.run("update job_slices set state = 'cancelled' where job_id = ? and state = 'waiting'", [jobId]);
      return true;
    }),
  sliceResults: (jobId, afterSlice, limit) =>
    database.all(
      `select slice_no as sliceNo, body from job_results where job_id = ? and slice_no > ? order by slice_no limit ${whole(limit)}`,
      [jobId, afterSlice],
    ),
  async deadSlices(jobId, afterSlice, limit) {
    const rows = await database.all<{ sliceNo: number; attempts: number; reason: string; userIds: Uint8Array }>(
      `select s.slice_no as sliceNo, s.attempts, s.reason, u.user_ids as userIds
        from job_slices s join job_users u on u.job_id = s.job_id and u.slice_no = s.slice_no
        where s.job_id = ? and s.state = 'dead' and s.slice_no > ? order by s.slice_no limit ${whole(limit)}`,
      [jobId, afterSlice],
    );
    return rows.map((row) => ({ ...row, userIds: userIdsOf(row.userIds) }));
  },
  async jobRows(jobId, onPage) {
    const pages = readPages<Omit<RecommendationOfJob, 'rank'> & { itemRank: number }>((last) =>
      database.all(
        `select user_id as userId, item_rank as itemRank, item_id as itemId, score, model_version as modelVersion, source from job_rows
            where job_id = ? and (user_id > ? or (user_id = ? and item_rank > ?))
            order by user_id, item_rank limit ${rowsAtOnce}`,
        [jobId, last?.userId ?? 0, last?.userId ?? 0, last?.itemRank ?? 0],
      ),
    );
    for await (const rows of pages) await onPage(rows.map(({ itemRank, ...row }) => ({ ...row, rank: itemRank })));
  },
});

async function waitingSlices(
  database: SqlDatabase,
  where: string,
  values: SqlValue[],
  limit: number,
): Promise<number[]> {
  const rows = await database.all<{ sliceNo: number }>(
    `select slice_no as sliceNo from job_slices
      where job_id = ? and state = 'waiting' and ${where} order by slice_no limit ${whole(limit)}`,
    values,
  );
  return rows.map(({ sliceNo }) => sliceNo);
}

interface StoredSlice extends Omit<NewJob, 'jobId' | 'asRows' | 'count'> {
  attempt: number;
  ids: Uint8Array;
  itemCount: number;
  asRows: number;
}

async function takeSlice(
  session: SqlSession,
  jobId: string,
  sliceNo: number,
  nowMs: number,
): Promise<TakenSlice | null> {
  const slice = [jobId, sliceNo];
  const changed = await session.run(
    "update job_slices set attempts = attempts + 1, kept_ms = ? where job_id = ? and slice_no = ? and state = 'waiting'",
    [nowMs, ...slice],
  );
  if (changed !== 1) return null;
  const [row] = await session.all<StoredSlice>(
    `select s.attempts as attempt, u.user_ids as ids, j.created_ms as createdMs, j.active_days as activeDays,
      j.item_count as itemCount, j.kept_count as keptCount, j.as_rows as asRows
      from job_slices s join job_users u on u.job_id = s.job_id and u.slice_no = s.slice_no
      join jobs j on j.job_id = s.job_id where s.job_id = ? and s.slice_no = ?`,
    slice,
  );
  if (row.attempt > sliceAttemptsMax) {
    await bury(session, { jobId, sliceNo, reason: `${sliceAttemptsMax} workers took it and were lost`, nowMs });
    return null;
  }
  const { attempt, ids, asRows, itemCount, ...job } = row;
  return { sliceNo, attempt, userIds: userIdsOf(ids), job: { jobId, ...job, count: itemCount, asRows: asRows === 1 } };
}

interface Failure {
  jobId: string;
  sliceNo: number;
  reason: string;
  nowMs: number;
}

async function failSlice(session: SqlSession, failure: Failure): Promise<boolean> {
  const { jobId, sliceNo, reason } = failure;
  const changed = await session.run(
    "update job_slices set reason = ? where job_id = ? and slice_no = ? and state = 'waiting'",
    [reason.slice(0, reasonLengthMax), jobId, sliceNo],
  );
  if (changed !== 1) return false;
  const [{ attempts }] = await session.all<{ attempts: number }>(
    'select attempts from job_slices where job_id = ? and slice_no = ?',
    [jobId, sliceNo],
  );
  if (attempts < sliceAttemptsMax) return true;
  await bury(session, failure);
  return false;
}

async function bury(session: SqlSession, { jobId, sliceNo, reason, nowMs }: Failure): Promise<void> {
  await session.run(
    "update job_slices set state = 'dead', reason = ?, finished_ms = ? where job_id = ? and slice_no = ?",
    [reason.slice(0, reasonLengthMax), nowMs, jobId, sliceNo],
  );
}

async function completeSlice(session: SqlSession, outcome: SliceOutcome): Promise<boolean> {
  const { jobId, sliceNo, finishedMs, answered, fallback, failed, body, rows } = outcome;
  const changed = await session.run(
    `update job_slices set state = 'done', answered = ?, fallbacks = ?, failures = ?, finished_ms = ?
      where job_id = ? and slice_no = ? and state = 'waiting'`,
    [answered, fallback, failed, finishedMs, jobId, sliceNo],
  );
  if (changed !== 1) return false;
  await session.insert(resultTable(jobId), [{ sliceNo, body }]);
  if (rows.length > 0) await session.insert(recommendationRowTable(jobId), rows);
  return true;
}
