import { fitBiases, packBiases, type RatingRow, type ServedRatings } from '@reelay/recommender';
import { factorsAlone, trainRanking, type RankingChoice, type TrainedRanking } from './ranking/train-ranking.ts';
import { trainServedRatings } from './rating/train-served-ratings.ts';
import type { TrainingSettings } from './settings.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import type { TrainingControl } from './training-control.ts';

export { groupOfPlace } from './ranking/train-ranking.ts';
export type { TrainingControl } from './training-control.ts';

/** The numbers of a version; `biases` are all 0 where nobody rated. */
export interface TrainedModel extends TrainedRanking {
  readonly biases: Float64Array;
  /** What ratings are foretold from beyond biases; absent where nobody rated, and in models of earlier programs. */
  readonly ratings?: ServedRatings | undefined;
}

/** Learns from the rows of the snapshot whose numbers are given: what ranks (see `trainRanking`) and what foretells ratings. */
export async function trainModel(
  snapshot: Snapshot,
  rowNumbers: Int32Array,
  settings: TrainingSettings,
  control: TrainingControl = {},
  choice: RankingChoice = factorsAlone,
): Promise<TrainedModel> {
  const size = { users: snapshot.rows.userIds.length, items: snapshot.catalogue.length };
  return {
    ...(await trainRanking(snapshot, rowNumbers, settings, control, choice)),
    biases: biasesOf(ratingsOf(snapshot, rowNumbers), size),
    ratings: await trainServedRatings(snapshot, rowNumbers, {
      seed: settings.seed,
      threads: control.threads,
      signal: control.signal,
    }),
  };
}

/** Ratings among these rows, each user and item once: the newest. */
export function ratingsOf({ rows }: Snapshot, rowNumbers: Int32Array): RatingRow[] {
  const ratings: RatingRow[] = [];
  for (const row of rowNumbers) {
    if (rows.rating[row] > 0) ratings.push({ user: rows.user[row], item: rows.item[row], rating: rows.rating[row] });
  }
  return ratings;
}

const biasesOf = (ratings: RatingRow[], size: { users: number; items: number }): Float64Array =>
  ratings.length === 0 ? new Float64Array(size.items + 1) : packBiases(fitBiases(ratings, size));
