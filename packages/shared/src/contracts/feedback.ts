import { z } from 'zod';
import { isMovieId } from './movie-id.ts';

export const feedbackKinds = ['liked', 'disliked', 'ignored', 'watched'] as const;
export type FeedbackKind = (typeof feedbackKinds)[number];

/** A day; nobody watches one item longer at a time. */
const minutesMax = 1_440;

/** Body of `POST /feedback`: what a user thought of an item, or how long they watched it. */
export const feedbackRequest = z
  .object({
    userId: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31 - 1),
    itemId: z.string().refine(isMovieId, 'is no item id'),
    kind: z.enum(feedbackKinds),
    /** Watched minutes; with `watched` alone, and needed there. */
    minutes: z.number().int().min(1).max(minutesMax).optional(),
    /** The same key of the same user counts once, whatever comes with it later. */
    idempotencyKey: z.string().regex(/^[\x21-\x7e]{1,100}$/, 'is 1 to 100 visible ASCII characters'),
  })
  .strict()
  .refine(({ kind, minutes }) => (kind === 'watched') === (minutes !== undefined), {
    path: ['minutes'],
    message: 'come with "watched" alone, and are needed there',
  });
export type FeedbackRequest = z.infer<typeof feedbackRequest>;

/** Feedback on its way to the ledger, with the time at which the gateway took it (milliseconds since 1970). */
const feedback = z.object({ ...feedbackRequest.shape, timeMs: z.number().int() });
export const feedbackBatch = z.array(feedback);
export type Feedback = z.infer<typeof feedback>;
