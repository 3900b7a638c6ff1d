export * from './answers.ts';
export * from './event-log.ts';
export * from './histories.ts';
export * from './open.ts';
export * from './plans.ts';
export * from './work-queue.ts';
