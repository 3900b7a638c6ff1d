import type { TrainerConfig } from '../config.ts';

/** When data is too odd to learn from. All are settings, `QUALITY_…`. */
export interface QualityLimits {
  /** Top of the rating scale. */
  ratingMax: number;
  /** Minutes of one item by one user, at most. */
  minutesMax: number;
  /** Share of rows with a number out of range, at most. */
  outOfRangeMax: number;
  /** Rows in proportion to those of the last snapshot, at least. */
  rowsKeptMin: number;
  /** How much the share of items or users without details may rise. */
  detailsRiseMax: number;
  psiMax: number;
  /** Cramér's V, and total variation beyond chance. */
  effectMax: number;
  /** ε² in proportion to that of the last snapshot, at least. */
  associationKeptMin: number;
  /** Below so many rows total variation is used. */
  smallRows: number;
}

export const qualityLimits = (config: TrainerConfig): QualityLimits => ({
  ratingMax: config.RATING_MAX,
  minutesMax: config.QUALITY_MINUTES_MAX,
  outOfRangeMax: config.QUALITY_OUT_OF_RANGE_MAX,
  rowsKeptMin: config.QUALITY_ROWS_KEPT_MIN,
  detailsRiseMax: config.QUALITY_DETAILS_RISE_MAX,
  psiMax: config.QUALITY_PSI_MAX,
  effectMax: config.QUALITY_EFFECT_MAX,
  associationKeptMin: config.QUALITY_ASSOCIATION_KEPT_MIN,
  smallRows: 1_000,
});
