import type { PackedModel } from '../kernels/pack-model.ts';
import type { OwnPrior } from './own-priors.ts';
import type { Source } from './sources.ts';

/** What a user's scores were made of. */
export interface PlacedUser {
  readonly group: number;
  /** s: how much the own history counts; 0 for a cold user. */
  readonly share: number;
  readonly own: OwnPrior | undefined;
}

/**
 * Names what brought an item onto a list: of factors, item weights (`neighbours`) and the group's prior the one that adds most to its score, of equal
 * ones the first. The prior of everybody is `popular`. Has to be asked before the next user takes the same slot.
 */
export function createSourceNames({ memory, plan }: PackedModel) {
  const floats = new Float32Array(memory.buffer);
  return ({ group, share, own }: PlacedUser, index: number, score: number): Source => {
    const prior = group === 0 ? 'popular' : 'prior';
    if (share === 0) return prior;
    const fromPrior = (1 - share) * floats[plan.priorsAt / 4 + group * plan.places + index];
    const fromWeights = own ? own.weight * floats[own.at / 4 + index] + own.shift - fromPrior : 0;
    const fromFactors = score - fromPrior - fromWeights;
    if (fromFactors >= fromPrior && fromFactors >= fromWeights) return 'factors';
    return fromWeights >= fromPrior && own ? 'neighbours' : prior;
  };
}
