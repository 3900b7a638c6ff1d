import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../runtime/index.ts';
import type { JobLedger, JobRow, JobSlice, JobState, NewJob } from '../job-ledger.ts';
import { readActiveUsers } from './active-users.ts';
import { createSliceLedger } from './sql-ledger-slices.ts';
import { jobTable, sliceTable, sliceUserTable, userIdsOf } from './job-tables.ts';
import { UniqueViolation, type SqlDatabase } from './sql-database.ts';

const jobColumns = `j.job_id as jobId, j.created_ms as createdMs, j.active_days as activeDays, j.item_count as itemCount,
  j.kept_count as keptCount, j.as_rows as asRows`;

/** Of one job, each state of its slices. */
interface SliceSums {
  state: string;
  slices: number;
  users: number;
  answered: number;
  fallbacks: number;
  failures: number;
  attempts: number;
  tried: number;
}

interface StoredJob extends Omit<NewJob, 'asRows' | 'count'> {
  itemCount: number;
  asRows: number;
  state: JobState;
  reason: string;
  finishedMs: number | null;
}

export const createJobLedger = (database: SqlDatabase): JobLedger => ({
  ...createSliceLedger(database),
  addJob: (job, held) => addJob(database, job, held),
  addSlices: (jobId, slices) => addSlices(database, jobId, slices),
  async changeJob(jobId, from, to, { reason = '', nowMs } = {}) {
    const marks = from.map(() => '?').join(', ');
    const changed = await database.run(
      `update jobs set state = ?, reason = ?, finished_ms = ? where job_id = ? and state in (${marks})`,
      [to, reason.slice(0, 500), nowMs ?? null, jobId, ...from],
    );
    return changed === 1;
  },
  async lastSlice(jobId) {
    const [row] = await database.all<{ sliceNo: number; userIds: Uint8Array }>(
      'select slice_no as sliceNo, user_ids as userIds from job_users where job_id = ? order by slice_no desc limit 1',
      [jobId],
    );
    return row === undefined ? null : { sliceNo: row.sliceNo, userIds: userIdsOf(row.userIds) };
  },
  job: (jobId) => readJob(database, jobId),
  async jobs(limit) {
    const ids = await database.all<{ jobId: string }>(
      `select job_id as jobId from jobs order by created_ms desc limit ${Math.trunc(limit)}`,
    );
    const rows = await Promise.all(ids.map(({ jobId }) => readJob(database, jobId)));
    return rows.filter((row) => row !== null);
  },
  openJobs: () =>
    database.all(
      `select job_id as jobId, state, active_days as activeDays from jobs
        where state in ('loading', 'running') order by created_ms limit 1000`,
    ),
  async holdJob(jobId, holder, nowMs, untilMs) {
    const changed = await database.run(
      'update jobs set holder = ?, held_until = ? where job_id = ? and (holder = ? or held_until <= ?)',
      [holder, untilMs, jobId, holder, nowMs],
    );
    return changed === 1;
  },
  activeUsers: (sinceSeconds, onPage) => readActiveUsers(database, sinceSeconds, onPage),
  dropJobs: (finishedBeforeMs, limit) => dropJobs(database, finishedBeforeMs, limit),
});

async function addJob(database: SqlDatabase, ...[job, held]: Parameters<JobLedger['addJob']>): Promise<boolean> {
  try {
    await database.insert(jobTable(held), [job]);
    return true;
  } catch (error) {
    if (error instanceof UniqueViolation) return false;
    throw error;
  }
}

async function addSlices(database: SqlDatabase, jobId: string, slices: JobSlice[]): Promise<void> {
  await database
    .transaction(async (session) => {
      // Locks the job's row: a cancel waits for this, or this finds it cancelled.
      const changed = await session.run("update jobs set state = state where job_id = ? and state = 'loading'", [
        jobId,
      ]);
      if (changed !== 1) throw new AppError('DATA_INVALID', `job ${jobId} takes no more users`);
      await session.insert(sliceTable(jobId), slices);
      await session.insert(sliceUserTable(jobId), slices);
    })
    .catch((error: unknown) => {
      if (!(error instanceof UniqueViolation)) throw error;
      throw new AppError('FENCED', `job ${jobId} has slices of these numbers`, { cause: error });
    });
}

async function readJob(database: SqlDatabase, jobId: string): Promise<JobRow | null> {
  const [[stored], sums] = await Promise.all([
    database.all<StoredJob>(
      `select ${jobColumns}, j.state, j.reason, j.finished_ms as finishedMs from jobs j where j.job_id = ?`,
      [jobId],
    ),
    database.all<SliceSums>(
      `select state, count(*) as slices, sum(user_count) as users, sum(answered) as answered, sum(fallbacks) as fallbacks,
        sum(failures) as failures, sum(attempts) as attempts, sum(case when attempts > 0 then 1 else 0 end) as tried
        from job_slices where job_id = ? group by state`,
      [jobId],
    ),
  ]);
  if (stored === undefined) return null;
  const { itemCount, asRows, ...rest } = stored;
  return { ...rest, count: itemCount, asRows: asRows === 1, ...progressOf(sums) };
}

function progressOf(sums: SliceSums[]) {
  const slicesIn = (state: string): number => sums.find((one) => one.state === state)?.slices ?? 0;
  const total = (pick: (one: SliceSums) => number): number => sums.reduce((sum, one) => sum + pick(one), 0);
  return {
    slices: {
      total: total(({ slices }) => slices),
      waiting: slicesIn('waiting'),
      started: sums.find(({ state }) => state === 'waiting')?.tried ?? 0,
      done: slicesIn('done'),
      dead: slicesIn('dead'),
      cancelled: slicesIn('cancelled'),
    },
    users: {
      total: total(({ users }) => users),
      answered: total(({ answered }) => answered),
      fallback: total(({ fallbacks }) => fallbacks),
      failed: total(({ failures }) => failures),
    },
    retries: total(({ attempts, tried }) => attempts - tried),
  };
}

/** What belongs to a job, by the column in whose order it is taken away, and how many rows at once. */
const parts = [
  { table: 'job_rows', column: 'user_id', rowsAtOnce: 5_000 },
  { table: 'job_results', column: 'slice_no', rowsAtOnce: 20 },
  { table: 'job_users', column: 'slice_no', rowsAtOnce: 500 },
  { table: 'job_slices', column: 'slice_no', rowsAtOnce: 500 },
];

/** The job's own row goes last: what broke off is found and dropped again. */
async function dropJobs(database: SqlDatabase, finishedBeforeMs: number, limit: number): Promise<number> {
  const old = await database.all<{ jobId: string }>(
    `select job_id as jobId from jobs where finished_ms < ? order by created_ms limit ${Math.trunc(limit)}`,
    [finishedBeforeMs],
  );
  for (const { jobId } of old) {
    for (const part of parts) await dropPart(database, jobId, part);
    await database.run('delete from jobs where job_id = ?', [jobId]);
  }
  return old.length;
}

/** In pieces: one statement over millions of rows would hold everybody up. */
async function dropPart(
  database: SqlDatabase,
  jobId: string,
  { table, column, rowsAtOnce }: (typeof parts)[number],
): Promise<void> {
  for (;;) {
    const [border] = await database.all<{ last: number }>(
      `select ${column} as last from ${table} where job_id = ? order by ${column} limit 1 offset ${rowsAtOnce}`,
      [jobId],
    );
    if (border === undefined) break;
    await database.run(`delete from ${table} where job_id = ? and ${column} <= ?`, [jobId, border.last]);
    await nextTurn();
  }
  await database.run(`delete from ${table} where job_id = ?`, [jobId]);
}
