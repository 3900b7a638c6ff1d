import { z } from 'zod';
import { ageRating } from './age-rating.ts';
import { enquiry } from './enquiry.ts';
import { tracks } from './plan.ts';

/**
 * A queue per slot. Slots are fixed; version and arm travel inside the job. Single jobs go to the tracks (`WorkQueue`), slices of large ones to
 * `batch` (`SliceQueue`).
 */
export const slots = [...tracks, 'batch'] as const;
export type Slot = (typeof slots)[number];

/** How much a caller may wish for at once. */
export const rulesMax = { offset: 1_000, exclude: 500, genres: 20 } as const;

/**
 * Wishes that make a list another one than the user's plain list. They hold before the best are picked, so the list is as long as asked
 * for, where so many items are left.
 */
export const listRules = z.object({
  /** How many of the best are skipped. */
  offset: z.number().int().min(0).max(rulesMax.offset),
  /** Text ids that must not be in the list; unknown ones change nothing. */
  exclude: z.array(z.string()).max(rulesMax.exclude),
  /** Only items of at least one of these, by name, whatever its case; none for all items. */
  genres: z.array(z.string()).max(rulesMax.genres),
  /** Only items with an age rating of at most so many years; what is not rated stays out. Absent for all items. */
  maxAge: ageRating.optional(),
  /** Items that the user has seen may be in the list. */
  includeSeen: z.boolean(),
  /** From 0, the order of the scores, to 1, each item as unlike those before it as can be. */
  diversity: z.number().min(0).max(1).optional(),
  /** Each item says which of the history brought it up. */
  reasons: z.boolean().optional(),
});
export type ListRules = z.infer<typeof listRules>;

/** What the gateway asks of a worker. The time budget is the queue's business (`publish`), not part of the message. */
export const recommendJob = z.object({
  requestId: z.string(),
  userId: z.number().int(),
  /** The version that the plan gives this user; a worker that has not loaded it says so at once. */
  modelVersion: z.string(),
  /** How many items, best first. */
  count: z.number().int().min(1).max(1_000),
  /** Absent for the plain list; only that one is kept as the user's latest answer. */
  rules: listRules.optional(),
  /** What is asked for in place of a list; of user 0 where it is of no user. Never kept as an answer. */
  enquiry: enquiry.optional(),
  /** The asking gateway's address in `Answers`. */
  replyTo: z.string(),
});
export type RecommendJob = z.infer<typeof recommendJob>;

/** Whether it is a job without wishes by all that the schema asks, in a tenth of its time; false says nothing. */
export function isPlainJob(job: unknown): job is RecommendJob {
  if (typeof job !== 'object' || job === null) return false;
  const { requestId, userId, modelVersion, count, rules, enquiry, replyTo } = job as Record<
    keyof RecommendJob,
    unknown
  >;
  if (rules !== undefined || enquiry !== undefined) return false;
  if (typeof requestId !== 'string' || typeof modelVersion !== 'string' || typeof replyTo !== 'string') return false;
  return Number.isSafeInteger(userId) && Number.isSafeInteger(count) && Number(count) >= 1 && Number(count) <= 1_000;
}
