import type { Clock } from '../runtime/index.ts';

interface Timer {
  atMs: number;
  fn: () => void;
}

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Moves time on and calls what falls due on the way, in the order of its time. */
  advance(ms: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

export function createManualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  const timers = new Set<Timer>();
  const after = (ms: number, fn: () => void): (() => void) => {
    const timer = { atMs: elapsed + ms, fn };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const firstDue = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];

  return {
    now: () => startMs + elapsed,
    monotonicMs: () => elapsed,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => (cancel(), resolve()), { once: true });
      }),
    advance(ms) {
      const untilMs = elapsed + ms;
      for (let due = firstDue(untilMs); due; due = firstDue(untilMs)) {
        timers.delete(due);
        elapsed = Math.max(elapsed, due.atMs);
        due.fn();
      }
      elapsed = untilMs;
    },
    get pending() {
      return timers.size;
    },
  };
}
