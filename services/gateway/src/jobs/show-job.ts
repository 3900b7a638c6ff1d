import type { DeadSlices, JobStatus } from '@reelay/shared/contracts';
import type { DeadSlice, JobRow } from '@reelay/shared/storage';

const iso = (ms: number): string => new Date(ms).toISOString();

/** A job as callers see it. */
export const statusOf = ({ users, slices, retries, state, reason, jobId, ...job }: JobRow): JobStatus => ({
  jobId,
  state,
  reason,
  active: job.activeDays,
  n: job.count,
  rows: job.asRows,
  created: iso(job.createdMs),
  finished: job.finishedMs === null ? null : iso(job.finishedMs),
  slices,
  users: { total: users.total, model: users.answered, fallback: users.fallback, failed: users.failed },
  retries,
});

export const deadLettersOf = (dead: DeadSlice[]): DeadSlices => ({
  deadLetters: dead.map(({ sliceNo, attempts, reason, userIds }) => ({
    slice: sliceNo,
    attempts,
    reason,
    userIds: [...userIds],
  })),
});
