import {
  biasOnlyModel,
  defaultRatingSettings,
  scaleOf,
  type ChainSettings,
  type EvaluatedModel,
  type MakerHints,
  type ModelMaker,
  type RatingTable,
} from '@reelay/recommender';
import { trainRatingsInThreads } from '@reelay/trainer';
import type { Features } from './feature-groups.ts';

export interface RatingMakerSettings {
  seed: number;
  threads: number;
  features: Features;
  chains?: readonly ChainSettings[];
  onProgress?: (step: string, done: number) => void;
}

/** Ratings: the Bayesian factor model, as far as it beats the biases on the validation rows. */
export const ratingMaker = (settings: RatingMakerSettings): ModelMaker => ({
  name: 'bayesian factors',
  make: (table, hints) => makeRatings(table, hints, settings),
});

async function makeRatings(
  table: RatingTable,
  { asked, validationRows }: MakerHints,
  { seed, threads, features, chains, onProgress }: RatingMakerSettings,
): Promise<EvaluatedModel> {
  const [min, max] = scaleOf(table);
  // Where all ratings are equal there is nothing to tell apart.
  if (min === max) return biasOnlyModel(table);
  const data = {
    users: table.users,
    items: table.items,
    user: table.user,
    item: table.item,
    rating: Float32Array.from(table.rating),
    scale: { min, max },
    userFeatures: features.users,
    itemFeatures: features.items,
    validationRows,
    asked,
  };
  const model = await trainRatingsInThreads(
    data,
    { ...defaultRatingSettings, seed, ...(chains && { chains }) },
    { threads, onProgress: ({ chain, sweep, sweeps }) => onProgress?.(`ratings ${chain + 1}`, sweep / sweeps) },
  );
  return {
    name: 'bayesian factors',
    // What was asked for in training is the mean over all sweeps, which is better than that over the kept samples.
    predictMany: (users, items) => (users === asked?.user && items === asked.item ? model.asked : model.predictMany(users, items)), // prettier-ignore
  };
}
