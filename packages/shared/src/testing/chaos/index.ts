export * from './plan-chaos.ts';
export * from './process-target.ts';
export * from './report-chaos.ts';
export * from './run-chaos.ts';
export * from './seeded-random.ts';
