/** Counts requests in hand and refuses beyond a bound; a refused request gets the fallback at once instead of a place in a queue. */
export interface Admission {
  readonly inFlight: number;
  /** False when the bound is reached; each true must be followed by one `leave`. */
  enter(): boolean;
  leave(): void;
}

export function createAdmission(inFlightMax: number): Admission {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    enter() {
      if (inFlight >= inFlightMax) return false;
      inFlight++;
      return true;
    },
    leave() {
      inFlight--;
    },
  };
}
