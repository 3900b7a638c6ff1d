import type { ChainSettings, SearchSpace } from '@reelay/recommender';

/** What can be chosen of the rating model. */
export interface RatingChoices {
  /** Of the smaller of two chains; the other has eight more. */
  factors: number;
  /** Users are described by what they rated, items by their raters. */
  implicitGroups: boolean;
  /** Users and items have a noise of their own. */
  noiseOfEach: boolean;
  /** Ages, genders, occupations and areas of users, genres and years of items. */
  features: boolean;
}

/** Sound for MovieLens; `--search` tries others on the data at hand. */
export const defaultRatingChoices: RatingChoices = {
  factors: 19,
  implicitGroups: true,
  noiseOfEach: true,
  features: true,
};

/** What `--search` draws from. */
export const ratingSpace: SearchSpace<RatingChoices> = {
  factors: [3, 7, 11, 19, 27],
  implicitGroups: [true, false],
  noiseOfEach: [true, false],
  features: [true, false],
};

const sweeps = 200;

/** The chains of a full training, before a budget shortens them. */
export const chainsOf = ({ factors }: RatingChoices): ChainSettings[] => [
  { factors, sweeps },
  { factors: factors + 8, sweeps },
];
