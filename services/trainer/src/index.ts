export { trainerRoutes } from './admin-routes.ts';
export { trainerConfig, type TrainerConfig } from './config.ts';
export { trainingSteps, type TrainingProgress, type TrainingStep } from './run-training.ts';
export {
  createTrainer,
  type Trainer,
  type TrainerDeps,
  type TrainerState,
  type TrainingResult,
  type TrainOptions,
} from './service.ts';
