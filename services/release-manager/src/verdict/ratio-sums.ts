/**
 * Sums over users of a figure that is a ratio: `n` answers of a user, `y` what is counted among them (watched lists, failures, squared
 * errors). All that a test with the user as its unit needs, whatever the number of users; sums of parts add up.
 */
export interface RatioSums {
  users: number;
  n: number;
  y: number;
  nn: number;
  yy: number;
  ny: number;
}

export const noSums = (): RatioSums => ({ users: 0, n: 0, y: 0, nn: 0, yy: 0, ny: 0 });

export const sumsOf = (users: Iterable<{ n: number; y: number }>): RatioSums => {
  const sums = noSums();
  for (const { n, y } of users) addUser(sums, n, y);
  return sums;
};

export function addUser(sums: RatioSums, n: number, y: number): void {
  sums.users++;
  sums.n += n;
  sums.y += y;
  sums.nn += n * n;
  sums.yy += y * y;
  sums.ny += n * y;
}

export interface Estimate {
  rate: number;
  /** Of `rate`, not of an answer; infinite where nothing was seen. */
  variance: number;
}

/**
 * Σy/Σn with its variance by the delta method, k/(k−1) · Σ(y−Rn)² / (Σn)²: answers of one user hang together, users do not
 * (Deng, Knoblich & Lu, KDD 2018).
 */
export function estimateRatio({ users, n, y, nn, yy, ny }: RatioSums): Estimate {
  if (users < 2 || n === 0) return { rate: n === 0 ? 0 : y / n, variance: Infinity };
  const rate = y / n;
  const spread = Math.max(0, yy - 2 * rate * ny + rate * rate * nn);
  return { rate, variance: ((users / (users - 1)) * spread) / (n * n) };
}

/**
 * The same for a share between 0 and 1, never surer than a binomial of that many answers with one success and one failure more: of the
 * first hundred answers none may have failed, which does not prove a share of 0.
 */
export function estimateShare(sums: RatioSums): Estimate {
  const { rate, variance } = estimateRatio(sums);
  const careful = (sums.y + 1) / (sums.n + 2);
  return { rate, variance: Math.max(variance, (careful * (1 - careful)) / Math.max(1, sums.n)) };
}
