/**
 * What is known about the workers of one pool over the last moments. Null: not known (nobody answered, too old, or not a number that can be).
 * Rates are per second, shares and fractions from 0 to 1.
 */
export interface WorkerSignals {
  /** Workers that take jobs; those that drain are left out. */
  running: number;
  /** Jobs that were asked for, whether or not somebody could do them in time. */
  arrivalRate: number | null;
  /** Jobs that one worker finishes in a second while it is busy throughout. */
  serviceRate: number | null;
  /** Mean share of the workers' capacity in use. */
  busyFraction: number | null;
  /** Jobs whose time was over before a worker took them up, of all that arrived. */
  expiredShare: number | null;
  /** Requests that got a fallback because no worker answered in time, of all that needed a worker. */
  fallbackShare: number | null;
  /** Jobs in the queue that nobody has taken. */
  ready: number | null;
  /** Jobs taken and not settled. */
  unacknowledged: number | null;
}

/** No machine that this runs on does more; a figure beyond it is a broken counter. */
const rateMax = 1_000_000;
const jobsMax = 100_000_000;
/** Two clocks read one after the other: a little over 1 is 1, much over it is nonsense. */
const fractionSlack = 1.25;

/** The same signals with everything that cannot be true made unknown. */
export function soundSignals(signals: WorkerSignals): WorkerSignals {
  return {
    running: Math.trunc(within(signals.running, jobsMax) ?? 0),
    arrivalRate: within(signals.arrivalRate, rateMax),
    serviceRate: positive(within(signals.serviceRate, rateMax)),
    busyFraction: fraction(signals.busyFraction),
    expiredShare: fraction(signals.expiredShare),
    fallbackShare: fraction(signals.fallbackShare),
    ready: within(signals.ready, jobsMax),
    unacknowledged: within(signals.unacknowledged, jobsMax),
  };
}

const within = (value: number | null, most: number): number | null =>
  value !== null && Number.isFinite(value) && value >= 0 && value <= most ? value : null;

const positive = (value: number | null): number | null => (value === 0 ? null : value);

function fraction(value: number | null): number | null {
  const sound = within(value, fractionSlack);
  return sound === null ? null : Math.min(1, sound);
}
