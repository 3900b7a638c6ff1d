import { Router } from 'express';
import type { SliceQueue } from '@reelay/shared/messaging';
import { AppError, type Own } from '@reelay/shared/runtime';
import { createLazyLedger } from '@reelay/shared/storage';
import type { JobDeps } from './job-deps.ts';
import { createJobRoutes } from './job-routes.ts';
import { createJobKeeper } from './keep-jobs.ts';
import { createJobMaker } from './make-job.ts';
import { refreshOnSchedule } from './refresh-on-schedule.ts';

/**
 * Jobs over many users: their routes, who looks after them, and the schedule. Without a ledger or a queue for slices the routes say so, and
 * nothing else is there.
 */
export function openJobs(
  { slices, ...deps }: Omit<JobDeps, 'ledger' | 'slices'> & { slices?: SliceQueue },
  own: Own,
): Router {
  const { LEDGER_URL, REFRESH_SCHEDULE } = deps.config;
  if (slices === undefined || LEDGER_URL === undefined) return refuseJobs();
  const ledger = createLazyLedger(LEDGER_URL);
  own(() => ledger.close());
  const jobDeps: JobDeps = { ...deps, slices, ledger: () => ledger.get() };
  const keeper = createJobKeeper(jobDeps, own);
  const maker = createJobMaker(jobDeps, keeper);
  if (REFRESH_SCHEDULE !== '') refreshOnSchedule(REFRESH_SCHEDULE, jobDeps, maker, own);
  return createJobRoutes(jobDeps, maker, keeper);
}

function refuseJobs(): Router {
  const router = Router();
  router.use('/jobs', () => {
    throw new AppError('UNSUPPORTED', 'this gateway has no ledger for jobs (LEDGER_URL)');
  });
  return router;
}
