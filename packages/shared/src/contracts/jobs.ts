import { z } from 'zod';
import { recommendedItem, fallbackRungs, outcomes } from './answer.ts';
import { askedLengthMax } from './recommend-query.ts';
import { jobOutcomes } from './slice-results.ts';

/** Most users in one `POST /recommendations`. */
export const bulkUsersMax = 1_000;
/** Most items in a list of a job. */
export const jobItemsMax = 1_000;
/** Most days back in a job over active users. */
export const activeDaysMax = 3_650;

const userId = z
  .number()
  .int()
  .min(1)
  .max(2 ** 31 - 1);

/** Body of `POST /recommendations`. */
export const bulkRequest = z
  .object({
    /** Each once; the same id twice is asked for once. */
    userIds: z.array(userId).min(1).max(bulkUsersMax),
    /** Items of each list; the gateway's list length when left out. */
    n: z.number().int().min(1).max(askedLengthMax).optional(),
  })
  .strict();
export type BulkRequest = z.infer<typeof bulkRequest>;

/** A user's list in the answer to `POST /recommendations`; what makes it up is that of a single answer. */
export const bulkList = z.object({
  outcome: z.enum(outcomes),
  rung: z.enum(fallbackRungs).optional(),
  requestId: z.string(),
  modelVersion: z.string().nullable(),
  items: z.array(recommendedItem),
});
export type BulkList = z.infer<typeof bulkList>;

/** Answer to `POST /recommendations`: lists by user id, and how many of them are fallbacks. */
export const bulkResponse = z.object({
  recommendations: z.record(z.string(), bulkList),
  users: z.number().int(),
  fallbacks: z.number().int(),
});
export type BulkResponse = z.infer<typeof bulkResponse>;

/** Body of `POST /jobs` for users who did something lately. */
export const activeJobRequest = z
  .object({
    /** Days back from the newest request in the log; from now where there is none. */
    active: z.number().int().min(1).max(activeDaysMax),
    n: z.number().int().min(1).max(jobItemsMax).optional(),
    /** Also as rows of SQL, table `job_rows`. */
    rows: z.boolean().optional(),
  })
  .strict();
export type ActiveJobRequest = z.infer<typeof activeJobRequest>;

/** A line of `POST /jobs` with a list of ids: an id alone, or in an object. */
export const jobLine = z.union([userId, z.object({ userId })]);

/** How a job is doing, as `GET /jobs/:id` tells. Times as ISO 8601. */
export const jobStatus = z.object({
  jobId: z.string(),
  state: z.enum(['loading', 'running', 'done', 'incomplete', 'cancelled', 'failed']),
  /** Why it failed; empty else. */
  reason: z.string(),
  active: z.number().nullable(),
  n: z.number().int(),
  rows: z.boolean(),
  created: z.string(),
  finished: z.string().nullable(),
  slices: z.object({
    total: z.number().int(),
    waiting: z.number().int(),
    /** Of those that wait: taken by a worker, who may have them in hand now. */
    started: z.number().int(),
    done: z.number().int(),
    dead: z.number().int(),
    cancelled: z.number().int(),
  }),
  users: z.object({
    total: z.number().int(),
    /** With a list of their own. */
    model: z.number().int(),
    fallback: z.number().int(),
    failed: z.number().int(),
  }),
  /** Tries beyond each slice's first. */
  retries: z.number().int(),
});
export type JobStatus = z.infer<typeof jobStatus>;

export const jobList = z.object({ jobs: z.array(jobStatus) });
export type JobList = z.infer<typeof jobList>;

/** A line of `GET /jobs/:id/results`. */
export const jobResult = z.object({
  userId: z.number().int(),
  outcome: z.enum(jobOutcomes),
  modelVersion: z.string().nullable(),
  items: z.array(recommendedItem),
});
export type JobResult = z.infer<typeof jobResult>;

/** Answer to `GET /jobs/:id/dead-letters`: slices that were given up, with their users. */
export const deadSlices = z.object({
  deadLetters: z.array(
    z.object({
      slice: z.number().int(),
      attempts: z.number().int(),
      reason: z.string(),
      userIds: z.array(z.number().int()),
    }),
  ),
});
export type DeadSlices = z.infer<typeof deadSlices>;
