/** A time in which this process did not run though it had to; `performance.now()`. */
export interface Stall {
  from: number;
  to: number;
}

const beatMs = 5;
/** A beat that comes later than this has not only waited for its turn. */
const beatMsMax = 20;

/** Notes when the event loop stood still: a machine with too much to do, seen by a timer that does nothing else. */
export function watchStalls(): { stalls: Stall[]; stop(): void } {
  const stalls: Stall[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - last > beatMsMax) stalls.push({ from: last + beatMs, to: now });
    last = now;
  }, beatMs);
  return { stalls, stop: () => clearInterval(timer) };
}

/** How much of the time between two moments was stalled. */
export const stalledMsBetween = (stalls: readonly Stall[], from: number, to: number): number =>
  stalls.reduce((sum, stall) => sum + Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)), 0);
