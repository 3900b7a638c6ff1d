export { trainerRoutes } from './admin-routes.ts';
export { trainerConfig, type TrainerConfig } from './config.ts';
export { trainingSteps, type TrainingProgress, type TrainingStep } from './run-training.ts';
export {
  createTrainer,
  type Trainer,
  type TrainerDeps,
  type TrainerState,
  type TrainingResult,
  type TrainingTrigger,
  type TrainOptions,
} from './service.ts';
export { trainRatingsInThreads } from './rating/train-ratings-in-threads.ts';
export type { RatingThreads } from './rating/train-ratings-in-threads.ts';
export { trainEaseInThreads, trainTransitionInThreads } from './ranking/train-in-parts.ts';
export { trainInThreads } from './train-in-threads.ts';
