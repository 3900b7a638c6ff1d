import { z } from 'zod';
import { tracks } from './plan.ts';

/** A queue per slot. Slots are fixed; version and arm travel inside the job. */
export const slots = [...tracks, 'batch'] as const;
export type Slot = (typeof slots)[number];

/** What the gateway asks of a worker. The time budget is the queue's business (`publish`), not part of the message. */
export const recommendJob = z.object({
  requestId: z.string(),
  userId: z.number().int(),
  /** The version that the plan gives this user; a worker that has not loaded it says so at once. */
  modelVersion: z.string(),
  /** How many items, best first. */
  count: z.number().int().min(1).max(1_000),
  /** The asking gateway's address in `Answers`. */
  replyTo: z.string(),
});
export type RecommendJob = z.infer<typeof recommendJob>;
