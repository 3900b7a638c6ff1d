export { inferenceWorkerConfig, type InferenceWorkerConfig } from './config.ts';
export { loadModel, type LoadedModel } from './load-model.ts';
export type { MadeList } from './recommend-for-user.ts';
export { remakeList } from './remake-list.ts';
export { createInferenceWorker, type InferenceWorker, type InferenceWorkerDeps } from './service.ts';
