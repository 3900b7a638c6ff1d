export { autoscalerConfig, type AutoscalerConfig } from './config.ts';
export { createLocalWorkers } from './local-workers.ts';
export type { AutoscalerView } from './service.ts';
