export * from './answers.ts';
export * from './batch-queue.ts';
export * from './event-log.ts';
export * from './histories.ts';
export * from './open.ts';
export * from './plans.ts';
export * from './slice-queue.ts';
export * from './work-queue.ts';
