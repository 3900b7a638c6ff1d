import type { ImportRows } from './import-rows.ts';

/** How ratings of a data set become whole points of the log. */
export interface RatingScale {
  /** Points are ratings times this: 2 where the data has half stars. */
  factor: 1 | 2;
  /** Top of the scale in points. */
  max: number;
}

const pointsMax = 100;

/** The least scale that holds the ratings: 5 or 10 points, or more; halves double it. */
export function ratingScaleOf({ named, isMinutes }: ImportRows): RatingScale {
  let halves = false;
  let most = 0;
  for (const [row, rating] of named.table.rating.entries()) {
    if (isMinutes(row) || rating > pointsMax) continue;
    if (rating % 1 !== 0) halves = true;
    most = Math.max(most, rating);
  }
  const factor = halves ? 2 : 1;
  const points = Math.ceil(most * factor);
  return { factor, max: points <= 5 ? 5 : Math.min(pointsMax, Math.max(10, points)) };
}
