import { confidenceOf } from '../confidence.ts';
import { groupPriors } from '../group-priors.ts';
import { trainImplicitAls } from '../implicit-als.ts';
import { buildInteractions } from '../interactions.ts';
import type { Dimensions, Interactions } from '../interactions.ts';
import type { ModelArrays } from '../model-arrays.ts';
import { defaultObjective } from '../objective.ts';
import type { Objective } from '../objective.ts';
import type { TasteEvent } from './latent-tastes.ts';

export const interactionsOf = (events: readonly TasteEvent[], dimensions: Dimensions): Interactions =>
  buildInteractions(
    events.map((event) => ({ ...event, confidence: confidenceOf(event, defaultObjective) })),
    dimensions,
  );

/** A small trained model with one group, everybody. */
export function trainArrays(
  events: readonly TasteEvent[],
  dimensions: Dimensions,
): ModelArrays & { readonly objective: Objective } {
  const interactions = interactionsOf(events, dimensions);
  const { itemFactors } = trainImplicitAls(interactions, {
    factors: 8,
    sweeps: 6,
    objective: defaultObjective,
    seed: 1,
  });
  const priors = groupPriors(interactions, new Uint8Array(0), 1, 50);
  const { items } = dimensions;
  return { catalogueSize: items, factors: 8, groups: 1, itemFactors, priors, objective: defaultObjective };
}
