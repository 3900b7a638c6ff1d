import { z } from 'zod';
import { ageRating } from './age-rating.ts';
import { itemSources } from './item-source.ts';
import { liveComparison } from './live-comparison.ts';

/**
 * A model version is an immutable folder: `manifest.json` and the blobs it names.
 *
 * Blobs, all little-endian:
 * - `catalogue.json`  `CatalogueEntry[]`; the place in this list is the *item index* of every other blob.
 * - `factors.f32`     item factors, `items × factors`, row-major.
 * - `priors.f32`      what a user of a group watches, `groups × items`; row 0 is everybody (popularity).
 * - `users.u8`        demographic group of a user, one byte at the place of the user id; 0 where unknown.
 * - `fallback.json`   `FallbackLists`: ready lists for the gateway, best first.
 * - `biases.f64`      rating model: global mean, then one bias an item (in rating points).
 * - `ratings.f32`     rating model beyond biases, see `packServedRatings`; absent where nobody rated, and in models of earlier programs.
 * - `item-weights.bin` weights between items, see `packItemWeights`; there when the manifest has `itemWeights`.
 */
export const artifactFiles = {
  catalogue: 'catalogue.json',
  factors: 'factors.f32',
  priors: 'priors.f32',
  users: 'users.u8',
  fallback: 'fallback.json',
  biases: 'biases.f64',
} as const;

/** Files that only some versions have. */
export const optionalArtifactFiles = { ratings: 'ratings.f32', itemWeights: 'item-weights.bin' } as const;

export type ArtifactFile = (typeof artifactFiles)[keyof typeof artifactFiles];

/** `itemId` is the dictionary integer used in rows and histories, `id` the text id that people and the simulator see. */
export const catalogueEntry = z.object({
  itemId: z.number().int(),
  id: z.string(),
  year: z.number().int().nullable(),
  genres: z.array(z.string()),
  /** Age rating in years; absent where it is not rated, and in models of earlier programs. */
  minAge: ageRating.optional(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

/** Text ids, best first. `groups[g]` belongs to demographic group `g` of `users.u8`; group 0 equals `all`. */
export const fallbackLists = z.object({ all: z.array(z.string()), groups: z.array(z.array(z.string())) });
export type FallbackLists = z.infer<typeof fallbackLists>;

/**
 * The objective the item factors were trained for; fold-in must solve the same one (Rendle 2021, iALS):
 * min Σ c(1−w·h)² + α₀ Σ_all (w·h)² + reg·(n_u + α₀·|I|)^ν·‖w‖².
 */
export const objective = z.object({
  name: z.literal('ials'),
  alpha0: z.number().positive(),
  regularisation: z.number().positive(),
  nu: z.number(),
  /** Confidence of an interaction: see `confidenceOf` in the recommender. */
  minutesWeight: z.number(),
  ratingWeight: z.number(),
  confidenceMax: z.number(),
  /** Hand-over from the group's prior to the personal score: n/(n+k), n items in the history. */
  handOver: z.number().nonnegative(),
});
export type Objective = z.infer<typeof objective>;

/** A known question with its known answer; a model that was damaged on the way answers it wrongly. */
export const goldenProbe = z.object({
  history: z.array(z.object({ itemId: z.number().int(), minutes: z.number(), rating: z.number() })),
  group: z.number().int(),
  expected: z.array(z.object({ index: z.number().int(), score: z.number() })).min(1),
  /** What the rating model foretells for that history, in points. */
  ratings: z.array(z.object({ index: z.number().int(), rating: z.number() })).optional(),
});
export type GoldenProbe = z.infer<typeof goldenProbe>;

export const blob = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().nonnegative() });
export type Blob = z.infer<typeof blob>;

const score = z.number().nullable();
export const modelMetrics = z.object({
  /** Held-out users with at least one relevant item; the figures below are means over them. */
  users: z.number().int(),
  ndcgAt10: score,
  popularityNdcgAt10: score,
  /** Of the rating model that is served, in points. */
  rmse: score,
  /** Of its biases alone; absent in models of earlier programs, whose rating model were the biases. */
  biasOnlyRmse: score.optional(),
  globalMeanRmse: score,
  heldOutRatings: z.number().int(),
  /**
   * Mean share of a user's held-out items that each source has among its best `depth`, and all of them together; absent where nothing was held out, and in
   * models of earlier programs.
   */
  candidates: z
    .object({
      users: z.number().int(),
      depth: z.number().int(),
      together: z.number(),
      bySource: z.partialRecord(z.enum(itemSources), z.number()),
    })
    .optional(),
});
export type ModelMetrics = z.infer<typeof modelMetrics>;

export const manifest = z.object({
  format: z.literal(1),
  /** `<number>-<first 6 hex digits of the content hash>`, e.g. `17-3fa9c1`. */
  version: z.string(),
  createdAt: z.string(),
  parent: z.string().nullable(),
  dataVersion: z.string(),
  /** When the rows of that data were read, ISO; absent in models of earlier programs. */
  dataCreatedAt: z.string().optional(),
  gitCommit: z.string(),
  seed: z.number().int(),
  items: z.number().int().positive(),
  factors: z.number().int().positive(),
  groups: z.number().int().positive(),
  users: z.number().int().nonnegative(),
  objective,
  /** How much the item weights count beside the factors; absent where there are none. */
  itemWeights: z.object({ share: z.number().positive().max(1) }).optional(),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
  metrics: modelMetrics,
  /** Beside the model that was live then; absent for the first model, and in models of earlier programs. */
  comparison: liveComparison.optional(),
  probe: goldenProbe,
  files: z.record(z.string(), blob),
});
export type Manifest = z.infer<typeof manifest>;
