export { autoscalerRoutes } from './admin-routes.ts';
export { autoscalerConfig, type AutoscalerConfig } from './config.ts';
export { decideWorkers, startPolicy, type PolicySettings, type PolicyState } from './decide-workers.ts';
export { endWorkers } from './end-workers.ts';
export { createLocalWorkers } from './local-workers.ts';
export { defaultNeed, neededWorkers } from './needed-workers.ts';
export { createAutoscaler, type AutoscalerView } from './service.ts';
export type { WorkerSignals } from './signals.ts';
