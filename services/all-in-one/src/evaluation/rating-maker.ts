import {
  biasOnlyModel,
  defaultRatingSettings,
  scaleOf,
  type EvaluatedModel,
  type MakerHints,
  type ModelMaker,
  type RatingTable,
} from '@reelay/recommender';
import { trainRatingsInThreads } from '@reelay/trainer';
import { chainsWithin } from './budget.ts';
import type { Features } from './feature-groups.ts';

export interface RatingMakerSettings {
  seed: number;
  threads: number;
  features: Features;
  budgetSeconds: number;
  onProgress?: (step: string, done: number) => void;
}

/** Ratings: the Bayesian factor model. */
export const ratingMaker = (settings: RatingMakerSettings): ModelMaker => ({
  name: 'bayesian factors',
  make: (table, hints) => makeRatings(table, hints, settings),
});

/** Enough to say how far factors are to be trusted. */
const trialChain = { factors: 11, sweeps: 60 };

async function makeRatings(
  table: RatingTable,
  { asked, purpose }: MakerHints,
  { seed, threads, features, budgetSeconds, onProgress }: RatingMakerSettings,
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
    asked,
  };
  const chains = purpose === 'trial' ? [trialChain] : chainsWithin(budgetSeconds, table, threads);
  const model = await trainRatingsInThreads(
    data,
    // How far it is trusted is chosen outside, beside its floors.
    { ...defaultRatingSettings, seed, chains, validationShare: 0 },
    {
      threads,
      onProgress: ({ chain, sweep, sweeps }) => onProgress?.(`ratings ${purpose} ${chain + 1}`, sweep / sweeps),
    },
  );
  return {
    name: 'bayesian factors',
    // What was asked for in training is the mean over all sweeps, which is better than that over the kept samples.
    predictMany: (users, items) => (users === asked?.user && items === asked.item ? model.asked : model.predictMany(users, items)), // prettier-ignore
  };
}
