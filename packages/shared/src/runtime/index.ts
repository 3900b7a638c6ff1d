export * from './backoff.ts';
export * from './clock.ts';
export * from './config.ts';
export * from './deadline.ts';
export * from './errors.ts';
export * from './lifecycle.ts';
export * from './runner.ts';
export * from './thread-channel.ts';
