import { v7 as uuidv7 } from 'uuid';
import { AppError, messageOf } from '@reelay/shared/runtime';
import type { JobDeps, JobWishes } from './job-deps.ts';
import type { JobKeeper } from './keep-jobs.ts';
import { loadActiveUsers, loadGivenUsers } from './load-users.ts';

/** Bodies that are read at once; each holds some slices and a map of the users that came. */
const uploadsMax = 2;

export interface JobMaker {
  /** Resolves with the job's id when all its users are in. `BUSY` while two others come. */
  fromUsers(pages: AsyncIterable<number[]>, wishes: JobWishes): Promise<string>;
  /** Resolves with the job's id at once; null when there is a job `jobId` already. */
  fromActive(activeDays: number, wishes: JobWishes, jobId?: string): Promise<string | null>;
}

export function createJobMaker(deps: JobDeps, keeper: JobKeeper): JobMaker {
  const { config, clock, log, metrics } = deps;
  let uploads = 0;

  const add = async (jobId: string, activeDays: number | null, { count, asRows }: JobWishes): Promise<boolean> => {
    const job = { jobId, createdMs: clock.now(), activeDays, count, keptCount: config.LIST_LENGTH, asRows };
    const added = await (await deps.ledger()).addJob(job, keeper.held());
    if (added) metrics.countJob('made');
    return added;
  };

  return {
    async fromUsers(pages, wishes) {
      if (uploads >= uploadsMax) throw new AppError('BUSY', `${uploadsMax} jobs are being sent already`);
      uploads++;
      try {
        const jobId = uuidv7();
        await keeper.load(jobId, async () => {
          await add(jobId, null, wishes);
          await loadGivenUsers(jobId, pages, deps);
        });
        return jobId;
      } finally {
        uploads--;
      }
    },
    async fromActive(activeDays, wishes, jobId = uuidv7()) {
      const added = await add(jobId, activeDays, wishes);
      if (!added) return null;
      // When it breaks off, the keeper goes on where it stopped.
      void keeper
        .load(jobId, () => loadActiveUsers(jobId, deps))
        .catch((error: unknown) => log.warn({ jobId, error: messageOf(error) }, 'active users are loaded again'));
      return jobId;
    },
  };
}
