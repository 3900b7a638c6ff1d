import type { Objective } from './objective.ts';
import { assertNotNegative, RecommenderError } from './recommender-error.ts';

/** Minutes at which the damping sets in: below, confidence grows about linearly, above with the logarithm. */
export const minutesScale = 10;

/** The least confidence of anything watched or rated, so that it always counts as an interaction. */
export const confidenceFloor = 0.01;

/** `minutes` watched (distinct minutes, 0 where only rated) and `rating` in points of the stream's scale, 0 where not rated. */
export interface Evidence {
  readonly minutes: number;
  readonly rating: number;
  /** Minutes of the whole movie, where they are known. */
  readonly length?: number;
}

/** Below this share of the movie a view is an abandon. */
export const abandonShare = 0.1;

/**
 * Left within the first tenth and not rated: no sign of taste for it. It counts as a movie that was not watched, which the objective draws to 0 with
 * the weight α₀ (a weak negative), and still as seen. Without a known length nothing is an abandon.
 */
export const isAbandon = ({ minutes, rating, length }: Evidence): boolean =>
  rating === 0 && length !== undefined && length > 0 && minutes < abandonShare * length;

/**
 * How sure an interaction makes us that the user likes the movie:
 * c = min(c_max, minutesWeight·ln(1 + minutes/10) + ratingWeight·rating), at least 0.01 if there is any evidence, 0 if there is none or the movie was left within its first tenth.
 *
 * The log-damped variant of Hu, Koren and Volinsky 2008 (c = α·ln(1 + r/ε)); their "1 +" is the α₀ term here. A rating adds in
 * proportion to its points, so a movie with only a bad rating is seen but weighs little, and the weight in the manifest
 * carries the scale (1 to 5 or 1 to 10). Throws `DATA_INVALID` for what is negative or not finite.
 */
export function confidenceOf(evidence: Evidence, objective: Objective): number {
  const { minutes, rating } = evidence;
  assertNotNegative(minutes, 'minutes', 'DATA_INVALID');
  assertNotNegative(rating, 'rating', 'DATA_INVALID');
  if ((minutes === 0 && rating === 0) || isAbandon(evidence)) return 0;
  const raw = objective.minutesWeight * damped(minutes) + objective.ratingWeight * rating;
  return Math.min(objective.confidenceMax, Math.max(confidenceFloor, raw));
}

const dampedMinutes = Float64Array.from({ length: 1_024 }, (_, minutes) => Math.log1p(minutes / minutesScale));

/** ln(1 + minutes/10); whole minutes, and nearly all are, are looked up: a hundred are needed an answer. */
const damped = (minutes: number): number => dampedMinutes[minutes] ?? Math.log1p(minutes / minutesScale);

/**
 * The objective with both weights scaled so that a mean interaction has confidence 1 (before the cap): α₀, the ridge and the cap keep their
 * meaning whether people watch five minutes or two hours. Unscaled, short viewings weigh little
 * against the ridge, which at its extreme draws every factor to zero.
 * Throws `DATA_INVALID` where no row is evidence of anything.
 */
export function calibrateConfidence(rows: Iterable<Evidence>, objective: Objective): Objective {
  const uncapped = { ...objective, confidenceMax: Number.MAX_VALUE };
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const confidence = confidenceOf(row, uncapped);
    sum += confidence;
    count += confidence > 0 ? 1 : 0;
  }
  if (count === 0) throw new RecommenderError('DATA_INVALID', 'no row has minutes or a rating');
  const scale = count / sum;
  return { ...objective, minutesWeight: objective.minutesWeight * scale, ratingWeight: objective.ratingWeight * scale };
}
