/** Product and sum are rounded each for itself, so that every processor gives the same bits. */
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(c, f32x4.mul(a, b));
}

/** (0 + 2) + (1 + 3), in float32. */
export function sumOf(s: v128): f32 {
  const t = f32x4.add(s, v128.shuffle<u32>(s, s, 2, 3, 0, 1));
  return f32x4.extract_lane(t, 0) + f32x4.extract_lane(t, 1);
}

/** Four sums of float32 added to four numbers of float64. */
export function addTo(to: usize, sums: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(sums)));
  const high = f64x2.promote_low_f32x4(v128.shuffle<u32>(sums, sums, 2, 3, 2, 3));
  v128.store(to, f64x2.add(v128.load(to, 16), high), 16);
}

/** Four more sums of float32. */
export function addMore(to: usize, sums: v128): void {
  v128.store(to, f32x4.add(v128.load(to), sums));
}
