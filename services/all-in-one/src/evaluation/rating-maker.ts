import {
  biasOnlyModel,
  defaultRatingSettings,
  ratingErrors,
  scaleOf,
  type ChainSettings,
  type EvaluatedModel,
  type MakerHints,
  type ModelMaker,
  type RatingTable,
  type ValidationSplit,
} from '@reelay/recommender';
import { trainRatingsInThreads } from '@reelay/trainer';
import { chainsWithin } from './budget.ts';
import { chainsOf, defaultRatingChoices, type RatingChoices } from './rating-choices.ts';
import type { Features } from './feature-groups.ts';

export interface RatingMakerSettings {
  seed: number;
  threads: number;
  features: Features;
  budgetSeconds: number;
  choices?: RatingChoices | undefined;
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
  { budgetSeconds, choices = defaultRatingChoices, ...settings }: RatingMakerSettings,
): Promise<EvaluatedModel> {
  const chains =
    purpose === 'trial' ? [trialChain] : chainsWithin(budgetSeconds, table, settings.threads, chainsOf(choices));
  return trainChains(table, chains, { ...settings, choices, asked, name: purpose });
}

/** RMSE on the test part of a slice, of a model of one chain that learnt from the rest; in points. */
export async function tryRatings(
  { train, test }: ValidationSplit,
  chain: ChainSettings,
  settings: Omit<ChainsToTrain, 'asked' | 'name'>,
): Promise<number> {
  const asked = { user: test.user, item: test.item };
  const model = await trainChains(train, [chain], { ...settings, asked, name: 'search' });
  return ratingErrors(model.predictMany!(test.user, test.item), test.rating).rmse;
}

interface ChainsToTrain extends Pick<RatingMakerSettings, 'seed' | 'threads' | 'features' | 'onProgress'> {
  choices: RatingChoices;
  asked: MakerHints['asked'];
  name: string;
}

async function trainChains(
  table: RatingTable,
  chains: readonly ChainSettings[],
  { seed, threads, features, choices, asked, name, onProgress }: ChainsToTrain,
): Promise<EvaluatedModel> {
  const [min, max] = scaleOf(table);
  // Where all ratings are equal there is nothing to tell apart.
  if (min === max) return biasOnlyModel(table);
  const { implicitGroups, noiseOfEach } = choices;
  const data = {
    users: table.users,
    items: table.items,
    user: table.user,
    item: table.item,
    rating: Float32Array.from(table.rating),
    scale: { min, max },
    ...(choices.features && { userFeatures: features.users, itemFeatures: features.items }),
    asked,
  };
  const model = await trainRatingsInThreads(
    data,
    // How far it is trusted is chosen outside, beside its floors.
    { ...defaultRatingSettings, seed, chains, validationShare: 0, implicitGroups, noiseOfEach },
    {
      threads,
      onProgress: ({ chain, sweep, sweeps }) => onProgress?.(`ratings ${name} ${chain + 1}`, sweep / sweeps),
    },
  );
  return {
    name: 'bayesian factors',
    // What was asked for in training is the mean over all sweeps, which is better than that over the kept samples.
    predictMany: (users, items) => (users === asked?.user && items === asked.item ? model.asked : model.predictMany(users, items)), // prettier-ignore
  };
}
