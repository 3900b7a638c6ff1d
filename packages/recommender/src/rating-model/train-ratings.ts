import { finishTraining, inputOf, planTraining, type TrainingPlan } from './plan-training.ts';
import type { RatingData } from './rating-data.ts';
import type { RatingModel } from './rating-model.ts';
import type { RatingSettings } from './rating-settings.ts';
import { chainSteps, type ChainProgress, type ChainResult } from './run-chain.ts';

/** `sweep` of `sweeps` of one of the chains is done; chains may run beside each other. */
export interface RatingProgress extends ChainProgress {
  readonly chain: number;
  readonly chains: number;
}

/**
 * Bayesian matrix factorisation with feature groups by block Gibbs sampling: the mean over samples of several chains, shrunk towards the biases as a
 * validation slice says. Throws `DATA_INVALID` for data or settings that cannot be trained on, `NUMERIC_FAILURE` where a system has no solution.
 */
export function trainRatings(
  data: RatingData,
  settings: RatingSettings,
  onProgress?: (progress: RatingProgress) => void,
): RatingModel {
  const plan = planTraining(data, settings);
  const steps = trainingSteps(plan);
  for (;;) {
    const step = steps.next();
    if (step.done) return finishTraining(plan, step.value);
    onProgress?.(step.value);
  }
}

/** The same training, equal bit by bit, that lets others run between sweeps. Rejects with the reason of `signal` at the next sweep. */
export async function trainRatingsAsync(
  data: RatingData,
  settings: RatingSettings,
  control: { onProgress?: (progress: RatingProgress) => void; signal?: AbortSignal } = {},
): Promise<RatingModel> {
  const plan = planTraining(data, settings);
  const steps = trainingSteps(plan);
  for (;;) {
    control.signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return finishTraining(plan, step.value);
    control.onProgress?.(step.value);
    await new Promise<void>((resume) => void setImmediate(resume));
  }
}

function* trainingSteps(plan: TrainingPlan): Generator<RatingProgress, ChainResult[]> {
  const results: ChainResult[] = [];
  const chains = plan.tasks.length;
  for (const [chain, { part, job }] of plan.tasks.entries()) {
    const steps = chainSteps(inputOf(plan, part), job);
    for (;;) {
      const step = steps.next();
      if (step.done) {
        results.push(step.value);
        break;
      }
      yield { ...step.value, chain, chains };
    }
  }
  return results;
}
