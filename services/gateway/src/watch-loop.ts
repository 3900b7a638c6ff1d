import type { Clock } from '@reelay/shared/runtime';

/** How late this process is with its own work. */
export interface LoopWatch {
  /**
   * Milliseconds by which something that is handled now may have come earlier: the longest time, up to now, in which the event loop did nothing
   * else. A request's time runs from its arrival, and a request that came while the loop stood still is read after that.
   */
  lateMs(): number;
  stop(): void;
}

const beatMs = 20;

/** A timer that does nothing else: what it is late, everything that came meanwhile is late at most. */
export function watchLoop(clock: Clock): LoopWatch {
  let beatAtMs = clock.monotonicMs();
  let lastLateMs = 0;
  let cancel = (): void => {};
  const beat = (): void => {
    const nowMs = clock.monotonicMs();
    lastLateMs = Math.max(0, nowMs - beatAtMs - beatMs);
    beatAtMs = nowMs;
    cancel = clock.after(beatMs, beat);
  };
  cancel = clock.after(beatMs, beat);
  return {
    // Timers run before sockets are read: what the last beat was late still holds for what is read until the next one.
    lateMs: () => Math.max(lastLateMs, clock.monotonicMs() - beatAtMs - beatMs, 0),
    stop: () => cancel(),
  };
}
