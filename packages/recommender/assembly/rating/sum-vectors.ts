import { madd, sumOf } from './lanes';

/** own += w · Σ y over the features of each row. */
export function addFeatures(
  rows: u32,
  size: u32,
  start: usize,
  entries: usize,
  weights: usize,
  features: usize,
  own: usize,
): void {
  const line = (<usize>size) << 2;
  for (let row: usize = 0; row < <usize>rows; row++) {
    const first = entries + ((<usize>load<u32>(start + (row << 2))) << 2);
    const end = entries + ((<usize>load<u32>(start + (row << 2), 4)) << 2);
    const w = v128.load32_splat(weights + (row << 2));
    const to = own + row * line;
    for (let j: usize = 0; j < line; j += 16) {
      let sum = f32x4.splat(0);
      for (let entry = first; entry < end; entry += 4) {
        sum = f32x4.add(sum, v128.load(features + <usize>load<u32>(entry) * line + j));
      }
      v128.store(to + j, madd(w, sum, v128.load(to + j)));
    }
  }
}

/** sums += the rating of each pair, mean + a + c + P·Q, cut to the scale. */
export function addPredictions(
  count: u32,
  users: usize,
  items: usize,
  size: u32,
  userVectors: usize,
  itemVectors: usize,
  mean: f64,
  low: f64,
  high: f64,
  sums: usize,
): void {
  const line = (<usize>size) << 2;
  for (let at: usize = 0; at < <usize>count; at++) {
    const user = userVectors + <usize>load<u32>(users + (at << 2)) * line;
    const item = itemVectors + <usize>load<u32>(items + (at << 2)) * line;
    let x = v128.load(item);
    const bias = f32x4.extract_lane(x, 0);
    x = f32x4.replace_lane(x, 0, 1);
    let sum = f32x4.mul(v128.load(user), x);
    for (let j: usize = 16; j < line; j += 16) sum = madd(v128.load(user + j), v128.load(item + j), sum);
    const rating = mean + <f64>(bias + sumOf(sum));
    store<f64>(sums + (at << 3), load<f64>(sums + (at << 3)) + min<f64>(high, max<f64>(low, rating)));
  }
}
