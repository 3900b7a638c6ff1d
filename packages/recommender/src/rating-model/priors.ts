import type { RandomStream } from './random-stream.ts';

/** Prior of a group's vectors, a number each: N(mean, 1/precision). Padding has mean 0 and precision 1. */
export interface GroupPrior {
  readonly precision: Float64Array;
  readonly mean: Float64Array;
}

/**
 * λ_k ~ Gamma((2 + F)/2, rate (1 + Σ_f (y_fk − m_k)² + m_k²)/2), then m_k ~ N(Σ_f y_fk/(F + 1), 1/((F + 1)·λ_k)), over the F features that have
 * ratings (Freudenthaler, Schmidt-Thieme and Rendle 2011).
 */
export function drawPrior(
  { precision, mean }: GroupPrior,
  { vectors, size, numbers }: { vectors: Float32Array; size: number; numbers: number },
  seen: Uint8Array,
  random: RandomStream,
): void {
  const sum = new Float64Array(numbers);
  const squares = new Float64Array(numbers);
  let features = 0;
  for (let feature = 0; feature < seen.length; feature += 1) {
    if (seen[feature] === 0) continue;
    features += 1;
    for (let k = 0; k < numbers; k += 1) {
      const y = vectors[feature * size + k];
      sum[k] += y;
      squares[k] += (y - mean[k]) ** 2;
    }
  }
  for (let k = 0; k < numbers; k += 1) {
    precision[k] = random.gamma((2 + features) / 2) / ((1 + squares[k] + mean[k] ** 2) / 2);
    mean[k] = sum[k] / (features + 1) + random.gaussian() / Math.sqrt((features + 1) * precision[k]);
  }
}

/** α ~ Gamma((1 + n)/2, rate (1 + Σe²)/2): one over the variance of a rating around its prediction. */
export const drawNoise = (ratings: number, squares: number, random: RandomStream): number =>
  random.gamma((1 + ratings) / 2) / ((1 + squares) / 2);

/**
 * τ_r ~ Gamma((ν + n_r)/2, rate (ν + α·Σe²)/2) for each row: some users rate, and some items are rated, with more noise than others, and count for
 * less (Lakshminarayanan, Bouchard and Archambeau 2011). Writes √τ; rows without ratings keep 1.
 */
export function drawTrust(
  trust: Float32Array,
  { start, squares, alpha }: { start: Int32Array; squares: Float64Array; alpha: number },
  random: RandomStream,
): void {
  for (let row = 0; row < trust.length; row += 1) {
    const ratings = start[row + 1] - start[row];
    if (ratings === 0) continue;
    trust[row] = Math.sqrt(random.gamma((trustPrior + ratings) / 2) / ((trustPrior + alpha * squares[row]) / 2));
  }
}

/** ν: as if each row had that many ratings of average noise. */
const trustPrior = 10;
