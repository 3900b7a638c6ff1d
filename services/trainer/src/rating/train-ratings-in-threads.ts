import {
  finishTraining,
  planTraining,
  share,
  type FeatureGroup,
  type RatingData,
  type RatingModel,
  type RatingProgress,
  type RatingSettings,
} from '@reelay/recommender';
import { runChainsInThreads } from './run-chains.ts';

export interface RatingThreads {
  threads: number;
  signal?: AbortSignal;
  onProgress?: (progress: RatingProgress) => void;
}

/** The training of `trainRatings`, equal bit by bit, in threads; see `runChainsInThreads`. */
export async function trainRatingsInThreads(
  data: RatingData,
  settings: RatingSettings,
  control: RatingThreads,
): Promise<RatingModel> {
  const plan = planTraining(shareData(data), settings);
  // With the threads their memory is gone, which the biases take again.
  return finishTraining(plan, await runChainsInThreads(plan, control));
}

/** The columns in memory that threads share: sent once, whatever their number. */
export const shareData = (data: RatingData): RatingData => ({
  ...data,
  user: share(data.user),
  item: share(data.item),
  rating: share(data.rating),
  ...(data.userFeatures && { userFeatures: data.userFeatures.map(shareGroup) }),
  ...(data.itemFeatures && { itemFeatures: data.itemFeatures.map(shareGroup) }),
});

const shareGroup = (group: FeatureGroup): FeatureGroup => ({
  ...group,
  start: share(group.start),
  feature: share(group.feature),
});
