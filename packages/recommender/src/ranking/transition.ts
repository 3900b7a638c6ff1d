import { collectWeights, type ItemWeights } from './item-weights.ts';
import type { Sequences } from './sequences.ts';
import { planTransition, type TransitionPlan, type TransitionSettings } from './transition-plan.ts';
import { transitionSteps } from './transition-steps.ts';

/**
 * What comes next after what was watched last: ridge regression of the next item on the history with weights γ^age, in closed form, after SLIT
 * (Choe and others 2021). With G = Σ γ^|distance| over pairs of a user and C = Σ γ^(distance − 1) over pairs where j came after i:
 * B = (G + λI)⁻¹·C. Throws `DATA_INVALID`, `NUMERIC_FAILURE`.
 */
export function trainTransition(sequences: Sequences, settings: TransitionSettings): ItemWeights {
  const plan = planTransition(sequences, settings);
  const steps = transitionSteps(plan, 0);
  while (!steps.next().done);
  return collectTransitions(plan);
}

export const collectTransitions = (plan: TransitionPlan): ItemWeights => collectWeights(plan);
