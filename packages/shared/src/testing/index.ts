export * from './real-servers.ts';
export * from './lifecycle-contract.ts';
export * from './event-log-contract.ts';
export * from './log-recorder.ts';
export * from './wait-until.ts';
export * from './open-loop.ts';
