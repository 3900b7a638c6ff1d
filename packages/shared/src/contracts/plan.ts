import { z } from 'zod';

/** The two places a model version can have in a release. */
export const tracks = ['stable', 'canary'] as const;
export type Track = (typeof tracks)[number];

/**
 * Which versions serve whom. One row in the Ledger, written by the release-manager alone, changed by compare-and-set on
 * `epoch`, announced through `Plans`. A reader never goes back to a lower epoch.
 */
export const plan = z.object({
  epoch: z.number().int().nonnegative(),
  /** Version that serves everybody who is not in the canary; null before the first release. */
  stable: z.string().nullable(),
  canary: z.string().nullable(),
  /** Share of users on the canary, 0 to 1. */
  share: z.number().min(0).max(1),
  /** Mixed into the user hash, so that each release draws its canary users anew. */
  salt: z.string(),
  /** Versions that must not be shown any more, not even from a cache. */
  withdrawn: z.array(z.string()),
});
export type Plan = z.infer<typeof plan>;

export const emptyPlan: Plan = { epoch: 0, stable: null, canary: null, share: 0, salt: '', withdrawn: [] };
