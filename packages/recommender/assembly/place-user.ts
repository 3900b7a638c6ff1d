import { largestAt, priorWeightAt, shiftAt, vectorAt } from './user';

/**
 * Turns a user's vector w into what scoring needs for s = share·z(H·w) + (1 − share)·z(prior): z = (H·w − mean)/deviation over all items, where
 * mean = means·w and deviation² = wᵀ·spread·w. Where scores do not differ by more than float32 tells apart, z is 0. False where a score
 * could be infinite or no number at all: the largest that any item can reach is checked instead of each.
 */
export function place(
  user: usize,
  vector: usize,
  share: f64,
  means: usize,
  largest: usize,
  spread: usize,
  products: usize,
  factors: u32,
  size: u32,
  priorLargest: f64,
): bool {
  const line = (<usize>size) << 3;
  memory.fill(products, 0, line);
  let mean: f64 = 0;
  let scale: f64 = 0;
  for (let i: usize = 0; i < line; i += 8) {
    const value = load<f64>(vector + i);
    const part = load<f64>(means + i) * value;
    mean += part;
    scale += abs(part);
    const x = f64x2.splat(value);
    const row = spread + (i >> 3) * line;
    for (let j: usize = 0; j < line; j += 16) {
      v128.store(products + j, f64x2.add(v128.load(products + j), f64x2.mul(v128.load(row + j), x)));
    }
  }
  let variance: f64 = 0;
  for (let j: usize = 0; j < line; j += 8) variance += load<f64>(products + j) * load<f64>(vector + j);
  const flat = variance <= 1e-13 * scale * scale;
  const weight: f64 = flat ? 0 : share / sqrt(variance);
  const shift: f32 = flat ? 0 : <f32>-(weight * mean);
  const priorWeight = <f32>(1 - share);
  const to: usize = load<u32>(user, vectorAt);
  let bound = abs(<f64>shift) + <f64>priorWeight * priorLargest;
  for (let j: usize = 0; j < <usize>factors; j++) {
    const value = <f32>(weight * load<f64>(vector + (j << 3)));
    store<f32>(to + (j << 2), value);
    bound += abs(<f64>value) * load<f64>(largest + (j << 3));
  }
  store<f32>(user, priorWeight, priorWeightAt);
  store<f32>(user, shift, shiftAt);
  store<f32>(user, <f32>bound, largestAt);
  return bound < 1e38;
}
