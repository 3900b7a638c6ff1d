import { searchSettings, type SearchTrial, type ValidationSplit } from '@reelay/recommender';
import type { Features } from './feature-groups.ts';
import { defaultRatingChoices, ratingSpace, type RatingChoices } from './rating-choices.ts';
import { tryRatings } from './rating-maker.ts';

export interface RatingSearch {
  seed: number;
  threads: number;
  features: Features;
  budgetSeconds: number;
  onTrial?: (trial: SearchTrial<RatingChoices>) => void;
}

/** A trial in full is one chain of so many sweeps. */
const trialSweeps = 80;

/** Searches settings of the rating model on a validation slice of the training rows, by RMSE; figures of trials are RMSE below zero, since larger is better. */
export const searchRatings = (slice: ValidationSplit, { seed, threads, features, ...search }: RatingSearch) =>
  searchSettings({
    ...search,
    seed,
    first: defaultRatingChoices,
    space: ratingSpace,
    now: () => performance.now(),
    async tryOut(choices, effort) {
      const chain = { factors: choices.factors, sweeps: Math.round(trialSweeps * effort) };
      return -(await tryRatings(slice, chain, { seed, threads, features, choices }));
    },
  });
