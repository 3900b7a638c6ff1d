import { z } from 'zod';

/** Most items that are like another one. */
export const similarMax = 200;

const textId = z.string().max(500);

/** What a worker can be asked for besides a list. Items by their text ids. */
export const enquiry = z.discriminatedUnion('kind', [
  /** The items most like this one, `count` of them; it is asked of no user. */
  z.object({ kind: z.literal('similar'), itemId: textId, count: z.number().int().min(1).max(similarMax) }),
  /** The user's vector, as their history makes it. */
  z.object({ kind: z.literal('vector') }),
  /** The rating that the user is expected to give. */
  z.object({ kind: z.literal('estimate'), itemId: textId }),
]);
export type Enquiry = z.infer<typeof enquiry>;

/** `item-weights`: what watching the item raises most. `factors`: whose factors point the same way. */
export const likenesses = ['item-weights', 'factors'] as const;

/** What a worker says to an enquiry; the items that are like another one are the answer's items. */
export const told = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('similar'), by: z.enum(likenesses) }),
  z.object({ kind: z.literal('vector'), vector: z.array(z.number()) }),
  z.object({ kind: z.literal('estimate'), rating: z.number() }),
  /** No item of this id in the version. */
  z.object({ kind: z.literal('unknown-item') }),
  /** The version was trained on no ratings. */
  z.object({ kind: z.literal('no-ratings') }),
]);
export type Told = z.infer<typeof told>;

/** The history that it was made from: how many items it holds, and its version. */
const madeFrom = z.object({ items: z.number().int(), version: z.number().int() });

/** Body of `GET /similar/:itemId`. */
export const similarResponse = z.object({
  itemId: z.string(),
  modelVersion: z.string(),
  by: z.enum(likenesses),
  /** Best first; the score is the weight, or the cosine. */
  items: z.array(z.object({ id: z.string(), score: z.number() })),
});
export type SimilarResponse = z.infer<typeof similarResponse>;

/** Body of `GET /users/:id/vector`; all zeros for a user without a history. */
export const vectorResponse = z.object({
  userId: z.number().int(),
  modelVersion: z.string(),
  history: madeFrom,
  vector: z.array(z.number()),
});
export type VectorResponse = z.infer<typeof vectorResponse>;

/** Body of `GET /users/:id/ratings/:itemId`. */
export const estimateResponse = z.object({
  userId: z.number().int(),
  itemId: z.string(),
  modelVersion: z.string(),
  history: madeFrom,
  /** In points of the scale of the ratings. */
  rating: z.number(),
});
export type EstimateResponse = z.infer<typeof estimateResponse>;
