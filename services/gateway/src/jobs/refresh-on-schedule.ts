import { Cron } from 'croner';
import { AppError, messageOf, type Own } from '@reelay/shared/runtime';
import type { JobDeps } from './job-deps.ts';
import type { JobMaker } from './make-job.ts';

const prefix = 'refresh-';

/**
 * Makes a job over all active users whenever the schedule says, as a nightly batch would. Its id is its time, so of several gateways one makes
 * it; while the one before is not finished, it is left out. Throws `CONFIG_INVALID` for a schedule that is none.
 */
export function refreshOnSchedule(schedule: string, deps: JobDeps, maker: JobMaker, own: Own): void {
  const refresh = async (dueAt: Date): Promise<void> => {
    try {
      await refreshOnce(dueAt, deps, maker);
    } catch (error) {
      deps.log.error({ error: messageOf(error) }, 'the refresh could not be started');
    }
  };
  try {
    const onTime = (self: Cron): Promise<void> => refresh(self.currentRun() ?? new Date());
    const cron = new Cron(schedule, { timezone: 'UTC', protect: true }, onTime);
    own(() => cron.stop());
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `REFRESH_SCHEDULE "${schedule}": ${messageOf(cause)}`, { cause });
  }
}

/** One refresh; true when it was this gateway that made it. */
export async function refreshOnce(
  dueAt: Date,
  { config, ledger, metrics, log }: Pick<JobDeps, 'config' | 'ledger' | 'metrics' | 'log'>,
  maker: Pick<JobMaker, 'fromActive'>,
): Promise<boolean> {
  const jobId = `${prefix}${dueAt.toISOString().slice(0, 19)}Z`;
  const before = (await (await ledger()).openJobs()).find((open) => open.jobId.startsWith(prefix));
  if (before !== undefined && before.jobId !== jobId) {
    metrics.countJob('skipped');
    log.warn({ jobId, running: before.jobId }, 'refresh left out: the one before is not finished');
    return false;
  }
  const wishes = { count: config.LIST_LENGTH, asRows: config.REFRESH_ROWS };
  return (await maker.fromActive(config.REFRESH_ACTIVE_DAYS, wishes, jobId)) !== null;
}
