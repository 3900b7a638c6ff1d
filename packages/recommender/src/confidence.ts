import type { Objective } from './objective.ts';
import { assertNotNegative } from './recommender-error.ts';

/** Minutes at which the damping sets in: below, confidence grows about linearly, above with the logarithm. */
export const minutesScale = 10;

/** The least confidence of anything watched or rated, so that it always counts as an interaction. */
export const confidenceFloor = 0.01;

/** `minutes` watched (distinct minutes, 0 where only rated) and `rating` in points of the stream's scale, 0 where not rated. */
export interface Evidence {
  readonly minutes: number;
  readonly rating: number;
}

/**
 * How sure an interaction makes us that the user likes the movie:
 * c = min(c_max, minutesWeight·ln(1 + minutes/10) + ratingWeight·rating), at least 0.01 if there is any evidence, 0 if there is none.
 *
 * The log-damped variant of Hu, Koren and Volinsky 2008 (c = α·ln(1 + r/ε)); their "1 +" is the α₀ term here. A rating adds in
 * proportion to its points, so a movie with only a bad rating is seen but weighs little, and the weight in the manifest
 * carries the scale (1 to 5 or 1 to 10). Throws `DATA_INVALID` for what is negative or not finite.
 */
export function confidenceOf(evidence: Evidence, objective: Objective): number {
  const { minutes, rating } = evidence;
  assertNotNegative(minutes, 'minutes', 'DATA_INVALID');
  assertNotNegative(rating, 'rating', 'DATA_INVALID');
  if (minutes === 0 && rating === 0) return 0;
  const raw = objective.minutesWeight * Math.log1p(minutes / minutesScale) + objective.ratingWeight * rating;
  return Math.min(objective.confidenceMax, Math.max(confidenceFloor, raw));
}
