import {
  packItemWeights,
  trainEase,
  viewItemWeights,
  type EaseSettings,
  type Interactions,
  type WeightsBlend,
} from '@reelay/recommender';
import { trainEaseInThreads } from './train-in-parts.ts';

/** How item weights are learned; `itemsMax` 0: not at all. `share`: how much they count, or chosen on validation users. */
export interface ItemWeightsSettings extends EaseSettings {
  readonly share: number | 'chosen';
}

/** Chosen by measuring, see docs/ranking.md; the ridge in mean squares of the confidences. */
export const defaultItemWeights: EaseSettings = {
  itemsMax: 8_000,
  weightsKept: 150,
  ridge: 300,
  dropout: 0,
  userDamping: 0.5,
};

/** Weights with the bytes that an artifact has of them: what is measured has the numbers that are served. */
export interface TrainedWeights extends WeightsBlend {
  readonly bytes: Uint8Array;
}

/** Up to so many items this thread is not held up for long. */
const itemsHere = 512;

/**
 * EASE over the most interacted items, the ridge in proportion to the mean square of the confidences, so that one setting suits any scale of these. Undefined
 * for a share of 0. The same interactions give the same bytes, whatever the number of threads.
 */
export async function trainItemWeights(
  interactions: Interactions,
  wanted: ItemWeightsSettings,
  share: number,
  { threads = 1, signal }: { readonly threads?: number; readonly signal?: AbortSignal },
): Promise<TrainedWeights | undefined> {
  if (share === 0 || wanted.itemsMax === 0 || interactions.item.length === 0) return undefined;
  const settings = { ...wanted, ridge: wanted.ridge * meanSquare(interactions.confidence) };
  const weights =
    Math.min(interactions.items, wanted.itemsMax) <= itemsHere
      ? trainEase(interactions, settings)
      : await trainEaseInThreads(interactions, settings, { threads, signal });
  const bytes = packItemWeights(weights);
  return { weights: viewItemWeights(bytes), share, bytes };
}

const meanSquare = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;
