import type { WorkerSignals } from './signals.ts';

export interface NeedSettings {
  /** Busy fraction that a change aims at. */
  targetBusy: number;
  /** Above it one more worker is needed. */
  upBusy: number;
  /** Below it one less would do. */
  downBusy: number;
  /** A waiting backlog is to be gone after this. */
  clearWithinSeconds: number;
  /** Late jobs up to this share are nobody's fault. */
  lateShareMax: number;
  /** Late jobs while the workers are less busy than this have another cause (a store, a broker) that more workers do not cure. */
  lateBusyLeast: number;
}

export const defaultNeed: NeedSettings = {
  targetBusy: 0.7,
  upBusy: 0.8,
  downBusy: 0.6,
  clearWithinSeconds: 1,
  lateShareMax: 0.01,
  lateBusyLeast: 0.5,
};

/** What decided: the load itself, the jobs that wait, or the jobs that came too late. */
export type NeedReason = 'load' | 'backlog' | 'late';

/** Numbers of workers: with fewer than `least` there are too few, with more than `most` too many, `aim` is right. least ≤ aim ≤ most. */
export interface Need {
  least: number;
  aim: number;
  most: number;
  reason: NeedReason;
}

/**
 * How many workers the signals ask for; undefined when they do not say. It never falls when a signal of load rises.
 *
 * Work in hand by Little's law (L = λ · W): a = arrivalRate / serviceRate workers would be busy throughout, at least those that are
 * (busyFraction · running). b = ready / (serviceRate · clearWithinSeconds) more clear the backlog. least = ⌈(a + b) / upBusy⌉,
 * aim = ⌈(a + b) / targetBusy⌉, most = ⌈(a + b) / downBusy⌉. Late jobs with busy workers ask for running · (1 + late share) at the least.
 */
export function neededWorkers(signals: WorkerSignals, settings: NeedSettings): Need | undefined {
  const busy = busyWorkers(signals);
  // Nobody works and jobs wait: somebody must begin before anything can be measured.
  if (busy === undefined && signals.running === 0 && (signals.ready ?? 0) > 0) return first;
  if (busy === undefined) return undefined;
  const backlog = backlogWorkers(signals, settings);
  const late = workersAgainstLate(signals, settings);
  const atBusy = (fraction: number): number => Math.max(Math.ceil(round((busy + backlog) / fraction)), late);
  const least = atBusy(settings.upBusy);
  const alone = Math.ceil(round(busy / settings.upBusy));
  const reason = late > 0 && late === least ? 'late' : least > alone ? 'backlog' : 'load';
  return { least, aim: atBusy(settings.targetBusy), most: atBusy(settings.downBusy), reason };
}

const first: Need = { least: 1, aim: 1, most: 1, reason: 'backlog' };

/** Workers that the arriving jobs keep busy; undefined when neither rates nor busy fraction are known. */
function busyWorkers({ running, arrivalRate, serviceRate, busyFraction }: WorkerSignals): number | undefined {
  const byRates = arrivalRate !== null && serviceRate !== null ? arrivalRate / serviceRate : undefined;
  const byClock = busyFraction === null ? undefined : busyFraction * running;
  if (byRates === undefined) return byClock;
  return Math.max(byRates, byClock ?? 0);
}

const backlogWorkers = ({ ready, serviceRate }: WorkerSignals, { clearWithinSeconds }: NeedSettings): number =>
  ready === null || serviceRate === null ? 0 : ready / (serviceRate * clearWithinSeconds);

function workersAgainstLate(signals: WorkerSignals, { lateShareMax, lateBusyLeast }: NeedSettings): number {
  const late = Math.max(signals.expiredShare ?? 0, signals.fallbackShare ?? 0);
  if (late <= lateShareMax || (signals.busyFraction ?? 0) < lateBusyLeast) return 0;
  return signals.running + Math.max(1, Math.ceil(signals.running * late));
}

/** 7.000000001 workers are 7: what the division of two measured figures leaves behind is not a worker. */
const round = (value: number): number => Math.round(value * 1e6) / 1e6;
