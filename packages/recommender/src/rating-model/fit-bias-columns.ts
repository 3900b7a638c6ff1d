import { meanOf, type RatingRows } from './rating-matrix.ts';

/** As `fitBiases`, from packed columns: r̂ = μ + b_i + b_u by alternating shrunk means (Koren 2009). */
export interface BiasModel {
  readonly mean: number;
  readonly userBias: Float32Array;
  readonly itemBias: Float32Array;
}

const sweeps = 10;

/** `lambda`: as many ratings of pure average are added to everybody's. */
export function fitBiasColumns(
  { byUser, byItem }: { byUser: RatingRows; byItem: RatingRows },
  lambda: number,
): BiasModel {
  const mean = meanOf(byUser.value);
  const userBias = new Float32Array(byUser.start.length - 1);
  const itemBias = new Float32Array(byItem.start.length - 1);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    shrunkMeans(itemBias, byItem, userBias, mean, lambda);
    shrunkMeans(userBias, byUser, itemBias, mean, lambda);
  }
  return { mean, userBias, itemBias };
}

function shrunkMeans(
  out: Float32Array,
  { start, other, value }: RatingRows,
  otherBias: Float32Array,
  mean: number,
  lambda: number,
): void {
  for (let row = 0; row < out.length; row += 1) {
    let sum = 0;
    for (let at = start[row]; at < start[row + 1]; at += 1) sum += value[at] - mean - otherBias[other[at]];
    out[row] = start[row + 1] > start[row] ? sum / (start[row + 1] - start[row] + lambda) : 0;
  }
}
