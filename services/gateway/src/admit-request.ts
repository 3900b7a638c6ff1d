import type { LoopWatch } from './watch-loop.ts';

/**
 * Counts requests in hand and refuses beyond a bound, or while the event loop is so late that waiting for a worker would cost the deadline; a
 * refused request gets the fallback at once instead of a place in a queue. How many wait for workers is another question: see `limit-in-flight.ts`.
 */
export interface Admission {
  readonly inFlight: number;
  /** False for a request that should get the fallback; each true must be followed by one `leave`. */
  enter(): boolean;
  leave(): void;
}

export interface AdmissionOptions {
  inFlightMax: number;
  lateMaxMs: number;
  loop: Pick<LoopWatch, 'lateMs'>;
}

export function createAdmission({ inFlightMax, lateMaxMs, loop }: AdmissionOptions): Admission {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    enter() {
      if (inFlight >= inFlightMax || loop.lateMs() > lateMaxMs) return false;
      inFlight++;
      return true;
    },
    leave() {
      inFlight--;
    },
  };
}
