import type { JobLedger, JobSlice } from '@reelay/shared/storage';

/** Slices in one transaction. */
const slicesAtOnce = 10;

export interface SliceWriter {
  /** Resolves when there is room for more: whoever reads a body waits here. */
  add(userIds: number[]): Promise<void>;
  /** Writes what is left; returns how many users and slices were written by this writer. */
  end(): Promise<{ users: number; slices: number }>;
}

/** Cuts users into slices of a job, in their order. Holds some ten slices, however many users there are. */
export function createSliceWriter(
  ledger: Pick<JobLedger, 'addSlices'>,
  { jobId, sliceUsers, firstSlice = 0 }: { jobId: string; sliceUsers: number; firstSlice?: number },
): SliceWriter {
  let gathered: number[] = [];
  let nextSlice = firstSlice;
  let users = 0;

  const write = async (all: boolean): Promise<void> => {
    const end = all ? gathered.length : gathered.length - (gathered.length % sliceUsers);
    const slices: JobSlice[] = [];
    for (let at = 0; at < end; at += sliceUsers)
      slices.push({ sliceNo: nextSlice++, userIds: Int32Array.from(gathered.slice(at, at + sliceUsers)) });
    gathered = gathered.slice(end);
    for (let start = 0; start < slices.length; start += slicesAtOnce)
      await ledger.addSlices(jobId, slices.slice(start, start + slicesAtOnce));
  };

  return {
    async add(userIds) {
      users += userIds.length;
      for (const userId of userIds) gathered.push(userId);
      if (gathered.length >= sliceUsers * slicesAtOnce) await write(false);
    },
    async end() {
      await write(true);
      return { users, slices: nextSlice - firstSlice };
    },
  };
}
