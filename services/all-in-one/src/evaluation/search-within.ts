import {
  splitForValidation,
  type RatingSplit,
  type RatingTable,
  type SearchResult,
  type SearchTrial,
} from '@reelay/recommender';
import type { Features } from './feature-groups.ts';
import type { ListSettings } from './list-settings.ts';
import type { RatingChoices } from './rating-choices.ts';
import { searchLists } from './search-lists.ts';
import { searchRatings } from './search-ratings.ts';

/** What was tried of both models, each in the order it was tried, and the best. */
export interface Searched {
  /** Figures are RMSE on the validation part. */
  ratings: SearchResult<RatingChoices>;
  /** Figures are NDCG@10 there. */
  lists: SearchResult<ListSettings>;
}

export interface SearchRequest {
  seed: number;
  threads: number;
  features: Features;
  /** Of both; no trial begins later. */
  seconds: number;
  relevantFrom?: number | undefined;
  onStep?: (step: string, done: number) => void;
}

/** A third of the time for ratings, the rest for lists. Looks at a validation slice of the training rows alone. */
export async function searchWithin(
  table: RatingTable,
  split: RatingSplit,
  { seed, threads, features, seconds, relevantFrom, onStep }: SearchRequest,
): Promise<Searched> {
  const slice = splitForValidation(table, split, { seed });
  const started = performance.now();
  const spent = (): number => (performance.now() - started) / 1_000;
  const onTrial = (): void => onStep?.('searching', Math.min(1, spent() / seconds));
  const ratings = await searchRatings(slice, { seed, threads, features, budgetSeconds: seconds / 3, onTrial });
  // At least the settings of today are measured, and so little time is left for nothing else.
  const left = Math.max(1e-3, seconds - spent());
  const lists = await searchLists(slice, { seed, threads, relevantFrom, budgetSeconds: left, onTrial });
  return { ratings: { ...ratings, trials: ratings.trials.map(asRmse) }, lists };
}

const asRmse = (trial: SearchTrial<RatingChoices>): SearchTrial<RatingChoices> => ({ ...trial, figure: -trial.figure });
