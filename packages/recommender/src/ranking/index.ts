export { easeSteps, easeStepsOf, trainEase, weightsOf } from './ease.ts';
export { defaultEase, easeBytes, planEase } from './item-item-plan.ts';
export type { EasePlan, EaseSettings } from './item-item-plan.ts';
export { addItemScores } from './item-weights.ts';
export type { CountedItem, ItemWeights } from './item-weights.ts';
