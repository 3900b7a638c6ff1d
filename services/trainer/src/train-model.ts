import { fitBiases, packBiases, type ServedRatings } from '@reelay/recommender';
import { factorsAlone, trainRanking, type RankingChoice, type TrainedRanking } from './ranking/train-ranking.ts';
import { ratedRows, ratingColumns, type RatingColumns } from './rating/rating-columns.ts';
import { trainServedRatings } from './rating/train-served-ratings.ts';
import type { TrainingSettings } from './settings.ts';
import type { Snapshot } from './snapshot/open-snapshot.ts';
import type { TrainingControl } from './training-control.ts';

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
  const columns = ratingColumns(snapshot, ratedRows(snapshot, rowNumbers));
  return {
    ...(await trainRanking(snapshot, rowNumbers, settings, control, choice)),
    biases: biasesOf(columns),
    ratings: await trainServedRatings(snapshot, rowNumbers, {
      seed: settings.seed,
      threads: control.threads,
      signal: control.signal,
    }),
  };
}

/** One an item behind the mean of all. */
function biasesOf(columns: RatingColumns): Float64Array {
  return columns.rating.length === 0 ? new Float64Array(columns.items + 1) : packBiases(fitBiases(columns));
}
