import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError, messageOf } from '@reelay/shared/runtime';
import { createDistinctUsers } from './distinct-users.ts';
import type { JobDeps } from './job-deps.ts';
import { createSliceWriter } from './write-slices.ts';

const daySeconds = 86_400;

/**
 * A job's users as they come, each once, into slices; then it runs. When they break off, the job is `failed` and nothing of it is computed.
 * Throws what the source throws, and `REQUEST_INVALID` when there is not one.
 */
export async function loadGivenUsers(
  jobId: string,
  pages: AsyncIterable<number[]>,
  { ledger, config, metrics, clock }: JobDeps,
): Promise<void> {
  const opened = await ledger();
  try {
    const writer = createSliceWriter(opened, { jobId, sliceUsers: config.JOB_SLICE_USERS });
    const distinct = createDistinctUsers();
    for await (const page of pages) {
      await writer.add(page.filter((userId) => distinct.isNew(userId)));
      await nextTurn();
    }
    const { users } = await writer.end();
    if (users === 0) throw new AppError('REQUEST_INVALID', 'there is no user id in the body');
    if (!(await opened.changeJob(jobId, ['loading'], 'running')))
      throw new AppError('REQUEST_INVALID', 'the job was cancelled while its users came');
  } catch (error) {
    const reason = `its users did not come in full: ${messageOf(error)}`;
    if (await opened.changeJob(jobId, ['loading'], 'failed', { reason, nowMs: clock.now() }))
      metrics.countJob('failed');
    throw error;
  }
}

/**
 * The users who did something in the `activeDays` before the newest request in the log (before now, where it has none). Goes on where an earlier loader was cut off: users are in order, so
 * the last slice says how far it came.
 */
export async function loadActiveUsers(jobId: string, { ledger, config }: JobDeps): Promise<void> {
  const opened = await ledger();
  const job = await opened.job(jobId);
  if (job === null || job.activeDays === null) throw new AppError('NOT_FOUND', `no job ${jobId} over active users`);
  const loaded = await opened.lastSlice(jobId);
  const after = loaded?.userIds.at(-1) ?? 0;
  const firstSlice = (loaded?.sliceNo ?? -1) + 1;
  const writer = createSliceWriter(opened, { jobId, sliceUsers: config.JOB_SLICE_USERS, firstSlice });
  // A log that is replayed, or simulated, has a time of its own.
  const logSeconds = (await opened.requestSpan())?.to ?? Number.POSITIVE_INFINITY;
  const since = Math.floor(Math.min(job.createdMs / 1_000, logSeconds) - job.activeDays * daySeconds);
  await opened.activeUsers(since, (userIds) => writer.add(userIds.filter((userId) => userId > after)));
  await writer.end();
  await opened.changeJob(jobId, ['loading'], 'running');
}
