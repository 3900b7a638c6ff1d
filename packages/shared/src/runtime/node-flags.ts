/**
 * `TimeoutNegativeWarning`: the client of the event log sets a negative timer, which Node 24 would tell on standard error.
 * `ExperimentalWarning`: TypeScript without a build step, and `node:sqlite`.
 */
const everyService = ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning'];

/**
 * What a list is made from lives for one batch. In a young generation of 4 MiB it dies there; Node's 1 MiB at the start would move half of it to the
 * old one, and its 16 to 64 MiB later cost as much memory a worker.
 */
const ofWorkers = ['--max-semi-space-size=4'];

/** Flags that a service's process is started with, by whatever starts it. A service runs without them, too, in more memory. */
export const nodeFlagsOf = (service: string): string[] =>
  service === 'inference-worker' ? [...everyService, ...ofWorkers] : everyService;
