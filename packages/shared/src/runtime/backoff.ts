export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** 0 to 1, for the jitter; `Math.random` unless a test wants a known one. */
  random?: () => number;
}

/** Waiting time before attempt `attempt` (1, 2, …): doubling, capped, and spread over the upper half. */
export function backoffMs(attempt: number, { firstMs, maxMs, random = Math.random }: BackoffOptions): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return full / 2 + (full / 2) * random();
}
