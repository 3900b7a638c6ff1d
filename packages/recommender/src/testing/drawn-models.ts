import type { ModelArrays } from '../model-arrays.ts';
import type { RecommendationRequest } from '../model.ts';
import { defaultObjective } from '../objective.ts';
import type { Objective } from '../objective.ts';
import type { Dice } from './latent-tastes.ts';

type Arrays = ModelArrays & { readonly objective: Objective };

/** A random small model: one item, one factor and sizes that no block divides come up; so do items that score equally. */
export function drawArrays(dice: Dice): Arrays {
  const catalogueSize = dice.share() < 0.05 ? 1 : dice.between(1, 130);
  const factors = dice.between(1, 18);
  const groups = dice.between(1, 3);
  const itemFactors = Float32Array.from({ length: catalogueSize * factors }, () => dice.gaussian());
  const priors = Float32Array.from({ length: groups * catalogueSize }, () => dice.share());
  // Copies of the first item, and at times of all: ties.
  for (let item = 1; item < catalogueSize; item += dice.share() < 0.05 ? 1 : dice.between(1, 9)) {
    itemFactors.copyWithin(item * factors, 0, factors);
    for (let g = 0; g < groups; g += 1) priors[g * catalogueSize + item] = priors[g * catalogueSize];
  }
  const objective = { ...defaultObjective, alpha0: 0.05 + dice.share(), handOver: dice.between(0, 8) };
  return { catalogueSize, factors, groups, itemFactors, priors, objective };
}

/** A random request: empty and long histories, repeated items, everything seen, more wanted than there is. */
export function drawRequest(dice: Dice, { catalogueSize, groups }: Arrays): RecommendationRequest {
  const all = Array.from({ length: catalogueSize }, (_, index) => index);
  const some = (share: number): number[] => all.filter(() => dice.share() < share);
  const watched = some([0, 0.1, 0.3, 1][dice.between(0, 3)]);
  return {
    history: [...watched, ...watched.slice(0, 2)].map((index) => ({
      index,
      minutes: dice.between(0, 120),
      rating: dice.between(0, 5),
    })),
    seen: dice.share() < 0.05 ? all : some(0.2),
    exclude: some(0.05),
    includeSeen: dice.share() < 0.1,
    group: dice.between(0, groups - 1),
    count: dice.between(0, catalogueSize + 5),
  };
}
