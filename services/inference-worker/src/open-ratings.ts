import { artifactFiles, optionalArtifactFiles, type Manifest } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import {
  assertFinite,
  createRatingEstimator,
  unboundBiases,
  unpackServedRatings,
  type HistoryItem,
  type RatingEstimator,
} from '@reelay/recommender';
import { readFloat32, readFloat64 } from './read-blobs.ts';

export interface RatingBlobs {
  biases: Uint8Array;
  /** Absent in versions of earlier programs: then the biases foretell alone. */
  ratings: Uint8Array | undefined;
}

/** Of the scale, in points: float32 numbers, added in one order. */
const tolerance = 1e-4;

/**
 * What foretells ratings, after it answered the probe's question about them. Undefined where nobody had rated. Throws `ARTIFACT_CORRUPT` and
 * `MODEL_INVALID` for numbers that cannot be or are not those that were written.
 */
export function openRatings(
  { items, probe, version }: Manifest,
  blobs: RatingBlobs,
  history: readonly HistoryItem[],
): RatingEstimator | undefined {
  const biases = readFloat64(blobs.biases, artifactFiles.biases);
  assertFinite(biases, 'biases');
  const stored = blobs.ratings && readFloat32(blobs.ratings, optionalArtifactFiles.ratings);
  const estimator = createRatingEstimator(biases, stored ? unpackServedRatings(stored, items) : unboundBiases(biases));
  const expected = probe.ratings ?? [];
  const given = estimator.estimate(history, expected.map(({ index }) => index)); // prettier-ignore
  if (expected.some(({ rating }, at) => !(Math.abs(given[at] - rating) <= tolerance)))
    throw new AppError('ARTIFACT_CORRUPT', `version ${version}: the probe of its ratings fails`);
  return biases[0] === 0 ? undefined : estimator;
}
