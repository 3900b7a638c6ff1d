import type { Clock } from '@reelay/shared/runtime';

/**
 * Knows from what became of earlier requests that a way is not worth waiting on. Ports tell by themselves that they are down; this is for what
 * looks alive and answers too late.
 *
 * Closed: everybody goes. `failuresMax` failures in a row open it. Open: nobody waits. Now and then somebody tries, in the background while the
 * caller has the fallback already; the first success closes it. When nobody has tried for `aloneAfterMs`, which means few callers, the next
 * caller is the trial itself: who asks every ten seconds would else never see an answer made for them.
 */
export interface Breaker {
  readonly isOpen: boolean;
  succeeded(): void;
  failed(): void;
  /** What a caller may do who finds it open; anything but `none` counts as begun. */
  trial(): Trial;
}

export type Trial = 'none' | 'background' | 'foreground';

export interface BreakerOptions {
  clock: Clock;
  failuresMax?: number;
  tryEveryMs?: number;
  aloneAfterMs?: number;
}

export function createBreaker({
  clock,
  failuresMax = 5,
  tryEveryMs = 200,
  aloneAfterMs = 2_000,
}: BreakerOptions): Breaker {
  let failures = 0;
  let triedAtMs = 0;
  return {
    get isOpen() {
      return failures >= failuresMax;
    },
    succeeded() {
      failures = 0;
    },
    failed() {
      failures++;
      if (failures === failuresMax) triedAtMs = clock.monotonicMs();
    },
    trial() {
      const nowMs = clock.monotonicMs();
      const sinceMs = nowMs - triedAtMs;
      if (sinceMs < tryEveryMs) return 'none';
      triedAtMs = nowMs;
      return sinceMs < aloneAfterMs ? 'background' : 'foreground';
    },
  };
}
