import type { Interactions } from '../interactions.ts';
import { easeSteps } from './ease-steps.ts';
import { planEase, type EasePlan, type EaseSettings } from './item-item-plan.ts';
import { collectWeights, type ItemWeights } from './item-weights.ts';

/**
 * EASE (Steck 2019): P = (XᵀX + λI)⁻¹, B_ij = −P_ij/P_jj, B_ii = 0, over the most interacted items. A user's scores are x_u·B for any history,
 * so a new watch needs no training. Of each column the largest weights are kept. Throws `DATA_INVALID`, `NUMERIC_FAILURE`.
 */
export function trainEase(interactions: Interactions, settings: EaseSettings): ItemWeights {
  const plan = planEase(interactions, settings);
  const steps = easeSteps(plan, 0);
  while (!steps.next().done);
  return weightsOf(plan);
}

export const weightsOf = ({ items, itemAt, keptRow, keptWeight }: EasePlan): ItemWeights =>
  collectWeights({ items, itemAt, keptRow, keptWeight });
