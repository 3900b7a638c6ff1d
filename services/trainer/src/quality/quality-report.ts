import { z } from 'zod';

/** `watch`: passes, and a person should look. */
export const verdicts = ['passed', 'watch', 'failed'] as const;

export const qualityCheck = z.object({
  name: z.string(),
  value: z.number(),
  limit: z.number(),
  verdict: z.enum(verdicts),
  /** For a person, with the figures. */
  text: z.string(),
});
export type QualityCheck = z.infer<typeof qualityCheck>;

/** `quality.json` beside a snapshot. */
export const qualityReport = z.object({
  dataVersion: z.string(),
  /** The snapshot it was laid beside; null: the first. */
  comparedWith: z.string().nullable(),
  checkedAt: z.string(),
  /** `accepted`: it failed, and a person wants it all the same. */
  outcome: z.enum(['passed', 'failed', 'accepted']),
  checks: z.array(qualityCheck),
});
export type QualityReport = z.infer<typeof qualityReport>;
