/**
 * `TimeoutNegativeWarning`: the client of the event log sets a negative timer, which Node 24 would tell on standard error.
 * `ExperimentalWarning`: TypeScript without a build step, and `node:sqlite`.
 */
const everyService = ['--disable-warning=TimeoutNegativeWarning', '--disable-warning=ExperimentalWarning'];

/**
 * What a list is made from lives for one batch. In a young generation of 8 MiB it dies there; of 4 MiB a part moves to the old one, which was then collected
 * five times as often (300 beside 239 µs of a worker's CPU an answer) and grew to the same size. Node's own 16 MiB cost as much memory a worker, and a gateway
 * 45 MiB and pauses of 5 ms.
 */
const youngGeneration = '--max-semi-space-size=8';

/**
 * Collecting what is young takes a millisecond, and V8 shares it among threads: the loop then waits for the last of them to get a processor, which on a busy machine
 * takes longer than the work (a worker's CPU an answer 228 beside 183 µs, both sides alternating in one run; a gateway's 101 beside 98).
 */
const collectAlone = '--no-parallel-scavenge';

/**
 * Marking what is old goes on beside the loop, on as many threads as the pool has, four by default: on two cores they take all of them for 30 ms, from every
 * process of the request path (99th percentile at 1,000 answers a second 21.6 beside 10.3 ms).
 */
const oneHelper = '--v8-pool-size=1';

const flags: Record<string, string[]> = {
  gateway: [youngGeneration, collectAlone, oneHelper],
  'inference-worker': [youngGeneration, collectAlone, oneHelper],
  ingestor: [oneHelper],
};

/** Flags that a service's process is started with, by whatever starts it. A service runs without them, too, in more memory. */
export const nodeFlagsOf = (service: string): string[] => [...everyService, ...(flags[service] ?? [])];
