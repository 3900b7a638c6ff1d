import type { LiveComparison, PairedFigure } from '@reelay/shared/contracts';
import { normalBelow } from '../verdict/normal-tail.ts';
import { estimateRatio } from '../verdict/ratio-sums.ts';

export interface CompareRules {
  /** Chance that any of all comparisons refuses a candidate that is as good as the live model. */
  alpha: number;
  /** A loss relative to the live model that is not worth refusing, however sure one is of it. */
  tolerance: number;
  /** A group of fewer users says too little by itself. */
  groupUsersMin: number;
}

export const defaultCompareRules: CompareRules = { alpha: 0.03, tolerance: 0.01, groupUsersMin: 100 };

/** One figure of one group, candidate beside live. */
export interface Compared {
  group: string;
  measure: 'NDCG@10' | 'RMSE';
  /** One-sided, for "worse by more than the tolerance". */
  p: number;
  /** Still sure after all that was compared. */
  worse: boolean;
  text: string;
}

/**
 * Every comparison with enough users, overall and by group, paired by user: a t-test on the difference, its variance with the user as the unit.
 * Corrected by Holm's method (1979), so the chance that a candidate as good as live is refused by any of them is at most α.
 */
export function compareWithLive(comparison: LiveComparison, rules: CompareRules): Compared[] {
  const groups = Object.entries({ everybody: comparison.overall, ...comparison.groups });
  const compared = groups.flatMap(([group, { ndcg, squaredError }]) => [
    ...(ndcg && isEnough(ndcg, rules) ? [compareNdcg(group, ndcg, rules)] : []),
    ...(squaredError && isEnough(squaredError, rules) ? [compareRmse(group, squaredError, rules)] : []),
  ]);
  return holm(compared, rules.alpha);
}

const isEnough = ({ difference }: PairedFigure, rules: CompareRules): boolean =>
  difference.users >= rules.groupUsersMin;

function compareNdcg(group: string, { candidate, live, difference }: PairedFigure, rules: CompareRules): Compared {
  const { rate, variance } = estimateRatio(difference);
  const deviation = Math.sqrt(variance);
  const p = chanceOf(rate + rules.tolerance * live, deviation, difference.users);
  const interval = `difference ${signed(rate)}, 95 % ${signed(rate - z95 * deviation)} to ${signed(rate + z95 * deviation)}`;
  const text = `NDCG@10 of ${group} ${four(candidate)}, live ${four(live)} (${interval}, ${difference.users} users)`;
  return { group, measure: 'NDCG@10', p, worse: false, text };
}

/** Tested as mean squared errors, told as RMSE: d(√m) = dm / 2√m. */
function compareRmse(group: string, { candidate, live, difference }: PairedFigure, rules: CompareRules): Compared {
  const { rate, variance } = estimateRatio(difference);
  const deviation = Math.sqrt(variance);
  const p = chanceOf(-rate + ((1 + rules.tolerance) ** 2 - 1) * live, deviation, difference.users);
  const root = 2 * Math.sqrt(live);
  const [middle, half] = [Math.sqrt(candidate) - Math.sqrt(live), (z95 * deviation) / root];
  const interval = `difference ${signed(middle)}, 95 % ${signed(middle - half)} to ${signed(middle + half)}`;
  const figures = `${four(Math.sqrt(candidate))}, live ${four(Math.sqrt(live))}`;
  const text = `RMSE of ${group} ${figures} (${interval}, ${difference.n} ratings of ${difference.users} users)`;
  return { group, measure: 'RMSE', p, worse: false, text };
}

/**
 * P(so low or lower) of something that is 0 in truth, by Student's law (Abramowitz & Stegun 26.7.8). What is no number is as bad as can be: a
 * candidate must not pass by a NaN.
 */
function chanceOf(value: number, deviation: number, users: number): number {
  if (!Number.isFinite(value) || Number.isNaN(deviation)) return 0;
  if (deviation === 0) return value < 0 ? 0 : 1;
  const [t, freedom] = [value / deviation, users - 1];
  return normalBelow((t * (1 - 1 / (4 * freedom))) / Math.sqrt(1 + (t * t) / (2 * freedom)));
}

/** The smallest p must be below α/m, the next below α/(m−1), …; the first that is not ends it. */
function holm(compared: Compared[], alpha: number): Compared[] {
  const sorted = compared.toSorted((a, b) => a.p - b.p);
  const fine = sorted.findIndex(({ p }, at) => p >= alpha / (sorted.length - at));
  return sorted.map((one, at) => ({ ...one, worse: fine === -1 || at < fine }));
}

const z95 = 1.959964;
const four = (value: number): string => value.toFixed(4);
const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
