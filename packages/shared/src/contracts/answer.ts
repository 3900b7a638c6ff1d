import { z } from 'zod';
import { told } from './enquiry.ts';
import { itemSources } from './item-source.ts';

export const recommendedItem = z.object({
  id: z.string(),
  score: z.number(),
  source: z
    .enum(itemSources)
    .optional()
    .meta({ description: 'What brought it onto the list: of these, what adds most to its score.' }),
  reasons: z
    .array(z.string())
    .optional()
    .meta({ description: 'With `reasons=true`: items of the history that add most to its score, the first most.' }),
});
export type RecommendedItem = z.infer<typeof recommendedItem>;

/** Characters of a trace: 1,000 items, a full history and all that was seen fit. */
const traceLengthMax = 20_000;

/** What a worker found. Cached under the user, and noticed to the waiting gateway, in one trip. */
export const answer = z.object({
  requestId: z.string(),
  userId: z.number().int(),
  modelVersion: z.string(),
  /** The history that the list was made from: how many items it holds, and its version (see `Histories`). */
  history: z.object({ items: z.number().int(), version: z.number().int() }),
  items: z.array(z.object({ id: z.string(), score: z.number() })),
  /** With the wish for reasons: of each item up to three ids of the history. */
  reasons: z.array(z.array(z.string())).optional(),
  /** Set when there is no list: the gateway goes on to its ladder at once. Such an answer is never cached. */
  problem: z.enum(['VERSION_NOT_LOADED', 'HISTORY_LOST']).optional(),
  /** What was asked for in place of a list. */
  told: told.optional(),
  /** What the receipt keeps of how the list was made: base64 of `encodeReceiptBody`. Absent in answers of older workers. */
  trace: z.string().max(traceLengthMax).optional(),
});
export type Answer = z.infer<typeof answer>;

/** `model`: computed now from the plan's version. `cache`: such an answer, still fresh. `fallback`: the gateway's ladder. */
export const outcomes = ['model', 'cache', 'fallback'] as const;
export type Outcome = (typeof outcomes)[number];

/** Where a fallback list came from: the user's last list, their demographic group's, or everybody's. */
export const fallbackRungs = ['last', 'demographic', 'popular', 'empty'] as const;
export type FallbackRung = (typeof fallbackRungs)[number];

/** Why a request got the fallback; a closed set, since it labels a metric. Receipts store the place in this list: only append. */
export const fallbackReasons = [
  'OVERLOAD',
  'BREAKER_OPEN',
  'NO_MODEL',
  'HISTORY_LOST',
  'VERSION_NOT_LOADED',
  'VERSION_WITHDRAWN',
  'QUEUE_DOWN',
  'TIMEOUT',
  'ANSWER_INVALID',
  'MALFORMED_ID',
  'NO_WORKER',
] as const;
export type FallbackReason = (typeof fallbackReasons)[number];

/** Body of `GET /recommend/:userId` for `Accept: application/json`. */
export const recommendResponse = z.object({
  requestId: z.string(),
  userId: z.number().int(),
  outcome: z.enum(outcomes),
  rung: z.enum(fallbackRungs).optional(),
  modelVersion: z.string().nullable(),
  history: z.object({ items: z.number().int(), version: z.number().int() }).nullable(),
  items: z.array(recommendedItem),
});
export type RecommendResponse = z.infer<typeof recommendResponse>;

/** Body of every 4xx and 5xx. */
export const errorResponse = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export type ErrorResponse = z.infer<typeof errorResponse>;
