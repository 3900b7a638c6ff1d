/**
 * The share of the factors, 0 to 1, at which share·factors + (1 − share)·biases has the least squared error on ratings that neither has seen:
 * Σ (f − b)·(r − b) / Σ (f − b)². Where they never differ it is 0.
 */
export function bestFactorShare(
  byFactors: ArrayLike<number>,
  byBiases: ArrayLike<number>,
  ratings: ArrayLike<number>,
): number {
  let along = 0;
  let square = 0;
  for (let at = 0; at < ratings.length; at += 1) {
    const step = byFactors[at] - byBiases[at];
    along += step * (ratings[at] - byBiases[at]);
    square += step * step;
  }
  if (square === 0) return 0;
  const share = Math.min(1, Math.max(0, along / square));
  // Above this the rest is the slice's own noise; the factors alone are the simpler model.
  return share > 0.95 ? 1 : share;
}
