import { addUserTo, noUserSums, type UserSums } from '@reelay/shared/contracts';

export const sumsOf = (users: Iterable<{ n: number; y: number }>): UserSums => {
  const sums = noUserSums();
  for (const { n, y } of users) addUserTo(sums, n, y);
  return sums;
};

export interface Estimate {
  rate: number;
  /** Of `rate`, not of an answer; infinite where nothing was seen. */
  variance: number;
}

/**
 * Σy/Σn with its variance by the delta method, k/(k−1) · Σ(y−Rn)² / (Σn)²: answers of one user hang together, users do not
 * (Deng, Knoblich & Lu, KDD 2018).
 */
export function estimateRatio({ users, n, y, nn, yy, ny }: UserSums): Estimate {
  if (users < 2 || n === 0) return { rate: n === 0 ? 0 : y / n, variance: Infinity };
  const rate = y / n;
  const spread = Math.max(0, yy - 2 * rate * ny + rate * rate * nn);
  return { rate, variance: ((users / (users - 1)) * spread) / (n * n) };
}

/**
 * The same for a share between 0 and 1, never surer than a binomial of that many answers with one success and one failure more: of the
 * first hundred answers none may have failed, which does not prove a share of 0.
 */
export function estimateShare(sums: UserSums): Estimate {
  const { rate, variance } = estimateRatio(sums);
  const careful = (sums.y + 1) / (sums.n + 2);
  return { rate, variance: Math.max(variance, (careful * (1 - careful)) / Math.max(1, sums.n)) };
}
