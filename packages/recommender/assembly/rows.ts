/** Float32 for training: a row's products are summed in float32, some rows at a time, and then added in float64. `size` is a multiple of 8. */
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Four sums of float32 added to four numbers of float64. */
function addTo(from: usize, to: usize, sums: v128): void {
  v128.store(to, f64x2.add(v128.load(from), f64x2.promote_low_f32x4(sums)));
  const high = f64x2.promote_low_f32x4(v128.shuffle<u32>(sums, sums, 2, 3, 2, 3));
  v128.store(to, f64x2.add(v128.load(from, 16), high), 16);
}

/** right += Σ rows, in float32 and then added in float64. */
function sumRows(weighted: usize, count: u32, line: usize, right: usize): void {
  const span = <usize>count * line;
  for (let j: usize = 0; j < line; j += 32) {
    let low = f32x4.splat(0);
    let high = low;
    for (let w = weighted + j; w < weighted + span; w += line) {
      low = f32x4.add(low, v128.load(w));
      high = f32x4.add(high, v128.load(w, 16));
    }
    const sum = right + (j << 1);
    addTo(sum, sum, low);
    addTo(sum + 32, sum + 32, high);
  }
}

/** As `gatherRows`, for items of a model, which stand in fours. */
export function gatherFours(
  items: usize,
  factors: u32,
  size: u32,
  picks: usize,
  confidences: usize,
  count: u32,
  rows: usize,
  weighted: usize,
  right: usize,
): void {
  const line = (<usize>size) << 2;
  for (let at: usize = 0; at < <usize>count; at++) {
    const confidence = v128.load32_splat(confidences + (at << 2));
    const item = load<u32>(picks + (at << 2));
    let from = items + ((<usize>(item >> 2) * factors) << 4) + ((item & 3) << 2);
    const row = at * line;
    // What lies behind the last factor belongs to another item.
    const end = row + ((<usize>factors) << 2);
    let to = row;
    for (; to + 16 <= end; to += 16, from += 64) {
      let value = v128.load32_zero(from);
      value = v128.load32_lane(from, value, 1, 16);
      value = v128.load32_lane(from, value, 2, 32);
      value = v128.load32_lane(from, value, 3, 48);
      v128.store(rows + to, value);
      v128.store(weighted + to, f32x4.mul(confidence, value));
    }
    for (; to < row + line; to += 4, from += 16) {
      const value: f32 = to < end ? load<f32>(from) : 0;
      store<f32>(rows + to, value);
      store<f32>(weighted + to, value * f32x4.extract_lane(confidence, 0));
    }
  }
  sumRows(weighted, count, line, right);
}

/** Rows of the picked numbers, one after the other, once plain and once times their confidence; right += Σ c·h, summed as the matrix is. */
export function gatherRows(
  from: usize,
  size: u32,
  picks: usize,
  confidences: usize,
  count: u32,
  rows: usize,
  weighted: usize,
  right: usize,
): void {
  const line = (<usize>size) << 2;
  for (let at: usize = 0; at < <usize>count; at++) {
    const confidence = v128.load32_splat(confidences + (at << 2));
    const row = from + <usize>load<u32>(picks + (at << 2)) * line;
    for (let j: usize = 0; j < line; j += 16) {
      const value = v128.load(row + j);
      v128.store(rows + at * line + j, value);
      v128.store(weighted + at * line + j, f32x4.mul(confidence, value));
    }
  }
  sumRows(weighted, count, line, right);
}

/** to = from + Σ weighted·rowᵀ in the upper triangle, in tiles of 4 × 8 from the eight that hold the diagonal on. */
export function accumulateRows(from: usize, to: usize, rows: usize, weighted: usize, count: u32, size: u32): void {
  const line = (<usize>size) << 2;
  const span = <usize>count * line;
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < line; i += 16) {
    for (let j = i & ~31; j < line; j += 32) {
      let a0 = zero;
      let a1 = zero;
      let b0 = zero;
      let b1 = zero;
      let c0 = zero;
      let c1 = zero;
      let d0 = zero;
      let d1 = zero;
      let w = weighted + i;
      let h = rows + j;
      for (const end = h + span; h < end; h += line, w += line) {
        const x = v128.load(h);
        const y = v128.load(h, 16);
        let z = v128.load32_splat(w);
        a0 = madd(z, x, a0);
        a1 = madd(z, y, a1);
        z = v128.load32_splat(w, 4);
        b0 = madd(z, x, b0);
        b1 = madd(z, y, b1);
        z = v128.load32_splat(w, 8);
        c0 = madd(z, x, c0);
        c1 = madd(z, y, c1);
        z = v128.load32_splat(w, 12);
        d0 = madd(z, x, d0);
        d1 = madd(z, y, d1);
      }
      // Numbers of float64 take twice the place.
      let at = (i >> 2) * (line << 1) + (j << 1);
      addTo(from + at, to + at, a0);
      addTo(from + at + 32, to + at + 32, a1);
      at += line << 1;
      addTo(from + at, to + at, b0);
      addTo(from + at + 32, to + at + 32, b1);
      at += line << 1;
      addTo(from + at, to + at, c0);
      addTo(from + at + 32, to + at + 32, c1);
      at += line << 1;
      addTo(from + at, to + at, d0);
      addTo(from + at + 32, to + at + 32, d1);
    }
  }
}
