import type { Clock } from '@reelay/shared/runtime';

/**
 * How many jobs may wait for workers at once, found out from what becomes of them.
 *
 * Who lets in more than workers do within the time that callers have gets a queue in which every job is answered just too late. So once a window,
 * of the jobs that ended in it: g = min(1, target / mean time), not below 1/2.
 *
 * - g = 1, and half of the limit was in use: limit ← limit + √limit.
 * - g < 1: limit ← min(g · limit, fit) + √limit, not below a quarter; fit = answers a second × target, which is what workers hold by Little's law.
 *
 * So it settles where the queue that √limit allows costs the target. This is the Gradient2 limit of Netflix's concurrency-limits
 * (Gradient2Limit.java) with a known target in place of its long-term average (a deadline is given here, and an average learns an overload as the
 * normal state), without its smoothing (a window is the mean of many already), and with `fit`: halving alone takes seconds from a limit that was
 * never reached before, and in each of them everybody is late.
 *
 * A job that was let in before the limit was last cut says nothing about the cut, so it is not counted: else one overload would cut it again and
 * again.
 */
export interface AdaptiveLimit {
  readonly limit: number;
  readonly inFlight: number;
  /** A ticket, or null when the limit is reached; each ticket must be given back once. */
  enter(): Ticket | null;
  leave(ticket: Ticket, end: JobEnd): void;
}

export interface Ticket {
  readonly cuts: number;
}

/** How long it took, and whether an answer came then; null when its end says nothing about the workers. */
export type JobEnd = { waitedMs: number; answered: boolean } | null;

export interface AdaptiveLimitOptions {
  clock: Clock;
  targetMs: number;
  max: number;
  min?: number;
  windowMs?: number;
}

const firstLimit = 250;
/** A window with fewer jobs than this goes on. */
const samplesMin = 10;

export function createAdaptiveLimit(options: AdaptiveLimitOptions): AdaptiveLimit {
  const { clock, targetMs, max, min = 4, windowMs = 100 } = options;
  // What nobody has been seen to do yet is not assumed: a busy start finds room, and two windows are enough to get to a tenth.
  let limit = Math.max(min, Math.min(firstLimit, max / 2));
  let inFlight = 0;
  let cuts = 0;
  let window = emptyWindow(0);

  const close = (lengthMs: number): void => {
    const gradient = Math.max(0.5, Math.min(1, targetMs / Math.max(1, window.sumMs / window.ended)));
    const fit = (window.answered / lengthMs) * targetMs;
    const used = window.mostInFlight >= limit / 2;
    if (gradient < 1) cuts++;
    const base = gradient < 1 ? Math.max(limit / 4, Math.min(gradient * limit, fit)) : limit;
    if (gradient < 1 || used) limit = Math.min(max, Math.max(min, base + Math.sqrt(limit)));
    window = emptyWindow(inFlight);
  };

  return {
    get limit() {
      return Math.floor(limit);
    },
    get inFlight() {
      return inFlight;
    },
    enter() {
      window.mostInFlight = Math.max(window.mostInFlight, inFlight + 1);
      if (inFlight >= Math.floor(limit)) return null;
      inFlight++;
      return { cuts };
    },
    leave(ticket, end) {
      inFlight--;
      if (end === null || ticket.cuts !== cuts) return;
      const nowMs = clock.monotonicMs();
      window.startedAtMs ??= nowMs;
      window.ended++;
      window.sumMs += end.waitedMs;
      if (end.answered) window.answered++;
      const lengthMs = nowMs - window.startedAtMs;
      if (window.ended >= samplesMin && lengthMs >= windowMs) close(lengthMs);
    },
  };
}

interface Window {
  /** When its first job ended. */
  startedAtMs: number | undefined;
  ended: number;
  answered: number;
  sumMs: number;
  mostInFlight: number;
}

const emptyWindow = (mostInFlight: number): Window => ({
  startedAtMs: undefined,
  ended: 0,
  answered: 0,
  sumMs: 0,
  mostInFlight,
});
