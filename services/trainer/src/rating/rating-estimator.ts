import { createRatingEstimator, unboundBiases, type RatingEstimator } from '@reelay/recommender';
import type { TrainedModel } from '../train-model.ts';

/** What a worker would foretell from this model. */
export const ratingEstimator = ({ biases, ratings }: Pick<TrainedModel, 'biases' | 'ratings'>): RatingEstimator =>
  createRatingEstimator(biases, ratings ?? unboundBiases(biases));
