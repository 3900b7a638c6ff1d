export * from './artifact.ts';
export * from './answer.ts';
export * from './events.ts';
export * from './history.ts';
export * from './job.ts';
export * from './plan.ts';
export * from './movie-id.ts';
