import { z } from 'zod';

/** The two places a model version can have in a release. */
export const tracks = ['stable', 'canary'] as const;
export type Track = (typeof tracks)[number];

/** `promoted`, `aborted` and `rolled-back` are the ends of a release; the next one begins from any of them. */
export const releaseStates = ['canary', 'promoted', 'aborted', 'rolled-back'] as const;
export type ReleaseState = (typeof releaseStates)[number];

/**
 * The last release and the last thing decided about it, kept in the plan so that both change together: a release-manager that starts anew
 * goes on from here, and the history of plans tells who did what, when and why. Readers that serve need none of it. Times are
 * milliseconds since 1970.
 */
export const releaseRecord = z.object({
  /** What the release brought; after a rollback, what was brought back. */
  version: z.string(),
  state: z.enum(releaseStates),
  startedAt: z.number(),
  /** When the share became what it is. */
  stepAt: z.number(),
  /** A person keeps it as it is: nothing is promoted, widened or begun; what is worse is aborted all the same. */
  held: z.boolean(),
  /**
   * The stable version before this one, which a rollback brings back; null after the first. Workers drop it from memory after some seconds
   * (`KEEP_OLD_MS`); hosts that keep copies keep its, from which it is loaded again.
   */
  previous: z.string().nullable(),
  /** Who decided (`reelay` or a person), when and why. */
  by: z.string(),
  at: z.number(),
  reason: z.string(),
});
export type ReleaseRecord = z.infer<typeof releaseRecord>;

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
  /** Absent before the first release, and in plans of earlier programs. */
  release: releaseRecord.optional(),
});
export type Plan = z.infer<typeof plan>;

export const emptyPlan: Plan = { epoch: 0, stable: null, canary: null, share: 0, salt: '', withdrawn: [] };

/** The versions that serve, and the one before, which a rollback brings back. */
export const versionsNamed = ({ stable, canary, release }: Plan): string[] =>
  [...new Set([stable, canary, release?.previous])].filter((id): id is string => id !== null && id !== undefined);
