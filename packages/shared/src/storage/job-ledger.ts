import type { ItemSource } from '../contracts/index.ts';

/**
 * `loading`: its users are still coming. `done`: every slice is done. `incomplete`: nothing is left to do, but some slices are dead
 * letters. `failed`: its users never came in full, and nothing of it was computed.
 */
export const jobStates = ['loading', 'running', 'done', 'incomplete', 'cancelled', 'failed'] as const;
export type JobState = (typeof jobStates)[number];

/** What a job is made from. */
export interface NewJob {
  /** 1 to 64 characters. */
  jobId: string;
  /** Milliseconds since 1970. */
  createdMs: number;
  /** Null for a list of ids; else the users who did something in so many days. */
  activeDays: number | null;
  /** Items of each user's list in the results. */
  count: number;
  /** Items of each user's kept answer. */
  keptCount: number;
  /** Whether the lists also become rows of SQL. */
  asRows: boolean;
}

/** Slices and users of a job by where they stand; `started`: of those that wait, the ones that a worker took, and may have in hand now. */
export interface JobProgress {
  slices: { total: number; waiting: number; started: number; done: number; dead: number; cancelled: number };
  users: { total: number; answered: number; fallback: number; failed: number };
  /** Tries beyond each slice's first. */
  retries: number;
}

export interface JobRow extends NewJob, JobProgress {
  state: JobState;
  reason: string;
  /** Milliseconds since 1970; null while there is something left to do. */
  finishedMs: number | null;
}

/** About a thousand users of a job. */
export interface JobSlice {
  sliceNo: number;
  userIds: Int32Array;
}

/** A slice as a worker takes it. */
export interface TakenSlice extends JobSlice {
  /** 1 for the first try. */
  attempt: number;
  job: NewJob;
}

/** One row of a list. `rank` counts from 1. */
export interface RecommendationOfJob {
  userId: number;
  rank: number;
  /** Dictionary integer. */
  itemId: number;
  score: number;
  modelVersion: string;
  /** Null in rows of earlier programs. */
  source?: ItemSource | null;
}

export interface SliceOutcome {
  jobId: string;
  sliceNo: number;
  /** Milliseconds since 1970. */
  finishedMs: number;
  answered: number;
  fallback: number;
  failed: number;
  /** `encodeSliceResults` */
  body: Uint8Array;
  rows: RecommendationOfJob[];
}

export interface DeadSlice extends JobSlice {
  attempts: number;
  reason: string;
}

/** A slice that failed this often is a dead letter. */
export const sliceAttemptsMax = 3;

/**
 * Jobs over many users, and their slices. Whoever changes a slice names the state that it must be in, so a slice that two workers have,
 * or one worker twice, is finished once.
 */
export interface JobLedger {
  /** False, and nothing changed, when there is a job of this id. `held`: whoever adds it looks after it from the beginning, see `holdJob`. */
  addJob(job: NewJob, held?: { holder: string; untilMs: number }): Promise<boolean>;
  /** `DATA_INVALID` when the job is not `loading` any more, `FENCED` when it has slices of these numbers. */
  addSlices(jobId: string, slices: JobSlice[]): Promise<void>;
  /** False when the job is in none of the states `from`. */
  changeJob(
    jobId: string,
    from: JobState[],
    to: JobState,
    change?: { reason?: string; nowMs?: number },
  ): Promise<boolean>;
  /** The slice of the highest number, or null. */
  lastSlice(jobId: string): Promise<JobSlice | null>;
  job(jobId: string): Promise<JobRow | null>;
  /** The newest first. */
  jobs(limit: number): Promise<JobRow[]>;
  /** Ids of jobs that are `loading` or `running`, the oldest first. */
  openJobs(): Promise<{ jobId: string; state: JobState; activeDays: number | null }[]>;
  /** Of several processes one looks after a job, until `untilMs` or for as long as it asks again. */
  holdJob(jobId: string, holder: string, nowMs: number, untilMs: number): Promise<boolean>;
  /** Slices that wait and were never published, in order. */
  unpublishedSlices(jobId: string, limit: number): Promise<number[]>;
  /** Slices that wait, were published, but not since `sinceMs`, and that no worker looked after since; in order. */
  lostSlices(jobId: string, sinceMs: number, limit: number): Promise<number[]>;
  /** Slices that wait and were published. */
  publishedCount(jobId: string): Promise<number>;
  markPublished(jobId: string, sliceNos: number[], nowMs: number): Promise<void>;
  /** All that wait count as never published: the queue that had them is gone. */
  forgetPublished(jobId: string): Promise<void>;
  /**
   * Counts a try. Null when there is nothing to do: the slice is finished, or its job cancelled. The try after the last one makes it a
   * dead letter: nobody came back from the earlier ones.
   */
  takeSlice(jobId: string, sliceNo: number, nowMs: number): Promise<TakenSlice | null>;
  /** Whoever has a slice in hand says so now and then, lest it be published again. False when it is finished or its job cancelled. */
  keepSlice(jobId: string, sliceNo: number, nowMs: number): Promise<boolean>;
  /** Takes a try back, whose worker stops without having failed: the slice waits as if it had never been published. False when it is finished. */
  releaseSlice(jobId: string, sliceNo: number): Promise<boolean>;
  /** True: it may be tried again. False: it is a dead letter now, or finished. */
  failSlice(jobId: string, sliceNo: number, reason: string, nowMs: number): Promise<boolean>;
  /** Results, rows and the slice's state in one transaction, by compare-and-set: false, and nothing written, when it does not wait. */
  completeSlice(outcome: SliceOutcome): Promise<boolean>;
  /** Dead slices wait again, with all their tries; the job runs again. Returns how many. */
  retryDead(jobId: string): Promise<number>;
  /** False when it is finished. What waits is cancelled with it, so that nothing of it is written any more. */
  cancelJob(jobId: string, nowMs: number): Promise<boolean>;
  /** Results of finished slices after `afterSlice` (-1: from the first), in order. */
  sliceResults(jobId: string, afterSlice: number, limit: number): Promise<{ sliceNo: number; body: Uint8Array }[]>;
  deadSlices(jobId: string, afterSlice: number, limit: number): Promise<DeadSlice[]>;
  /** Rows of a job, by user and rank, page by page. */
  jobRows(jobId: string, onPage: (rows: RecommendationOfJob[]) => void | Promise<void>): Promise<void>;
  /** Users with an event of any kind at or after `sinceSeconds`, each once, ascending, page by page. */
  activeUsers(sinceSeconds: number, onPage: (userIds: number[]) => void | Promise<void>): Promise<void>;
  /** Takes away jobs that were finished before this time, with all that belongs to them; returns how many. */
  dropJobs(finishedBeforeMs: number, limit: number): Promise<number>;
}
