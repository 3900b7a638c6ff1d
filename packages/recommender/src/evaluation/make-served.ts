import { chooseLists, makeLists, popularityAlone, type ListShares } from './choose-lists.ts';
import { chooseCold, popularForCold } from './choose-cold.ts';
import { chooseRatings, mixRatings, type RatingShares } from './choose-ratings.ts';
import type { EvaluatedModel, ListMaker, MakerHints, ModelMaker } from './evaluated-model.ts';
import type { RatingTable } from './rating-table.ts';
import type { Trial } from './trial.ts';
import type { ValidationSplit } from './validation-split.ts';

export interface ServedMakers {
  readonly rating?: ModelMaker | undefined;
  readonly ranking?: ListMaker | undefined;
}

/** How much of each part is served, and what was tried to find it. */
export interface ServedChoice {
  readonly lists: ListShares;
  readonly ratings: RatingShares;
  /** What users without a training row get: `popularity`, or the name of a part. */
  readonly cold: string;
  readonly trials: readonly Trial[];
}

/** The floors alone, for data that cannot be cut for validation. */
export const floorsAlone: ServedChoice = { lists: popularityAlone, ratings: { model: 0, biases: 1, lambda: 10 }, ...popularForCold }; // prettier-ignore

/** Chooses both parts on a slice of the training rows. */
export async function chooseServed(
  slice: ValidationSplit,
  { rating, ranking }: ServedMakers,
  relevantFrom?: number,
): Promise<ServedChoice> {
  const ratings = await chooseRatings(slice, rating);
  const lists = await chooseLists(slice, ranking, relevantFrom);
  const { cold, trials } = chooseCold(slice.train, ranking, relevantFrom);
  return {
    lists: lists.shares,
    ratings: ratings.shares,
    cold,
    trials: [...ratings.trials, ...lists.trials, ...trials],
  };
}

/** Learns from the whole table what was chosen. */
export async function makeServed(
  table: RatingTable,
  { lists, ratings, cold }: Pick<ServedChoice, 'lists' | 'ratings' | 'cold'>,
  { rating, ranking }: ServedMakers,
  asked?: MakerHints['asked'],
): Promise<EvaluatedModel> {
  const factors = ratings.model > 0 ? await rating?.make(table, { purpose: 'final', ...(asked && { asked }) }) : undefined; // prettier-ignore
  const { scoresOf, parts } = await makeLists(table, { lists, cold }, ranking);
  return { name: 'served', predictMany: mixRatings(table, factors, ratings).predictMany!, scoresOf: scoresOf!, parts: parts! }; // prettier-ignore
}
