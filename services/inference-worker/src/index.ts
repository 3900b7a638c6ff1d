export { inferenceWorkerConfig, type InferenceWorkerConfig } from './config.ts';
export { createInferenceWorker, type InferenceWorker, type InferenceWorkerDeps } from './service.ts';
