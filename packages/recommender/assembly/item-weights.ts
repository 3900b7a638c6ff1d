/**
 * Item weights of a user, x·B: x are the confidences of the history, B stands in rows, by the item of the history. Float32, each product and each sum
 * rounded by itself, so both builds give the same bits.
 */

/** 2¹¹²: from a float16's exponent in a float32's place to its own. */
const toOwnExponent: f32 = 5.192296858534828e33;

/** Four float16, their bits in 32 bits each, as float32: none is infinite, all others are exact, those below 2⁻¹⁴ too. */
function singles(bits: v128): v128 {
  const sizes = f32x4.mul(i32x4.shl(v128.and(bits, i32x4.splat(0x7fff)), 13), f32x4.splat(toOwnExponent));
  return v128.or(sizes, i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16));
}

/** Adds a product to the sum of a target. */
function add(sums: usize, target: u32, product: f32): void {
  const at = sums + ((<usize>target) << 2);
  store<f32>(at, load<f32>(at) + product);
}

/** The weights from `from` to before `end`, in their order: T is the kind of their targets. */
function addRow<T>(targets: usize, weights: usize, from: u32, end: u32, confidence: v128, sums: usize): void {
  let w = weights + ((<usize>from) << 1);
  let t = targets + <usize>from * sizeof<T>();
  for (const last = w + (((<usize>(end - from)) >> 2) << 3); w < last; w += 8, t += 4 * sizeof<T>()) {
    const products = f32x4.mul(singles(v128.load_ext<u16>(w)), confidence);
    add(sums, load<T>(t), f32x4.extract_lane(products, 0));
    add(sums, load<T>(t, sizeof<T>()), f32x4.extract_lane(products, 1));
    add(sums, load<T>(t, 2 * sizeof<T>()), f32x4.extract_lane(products, 2));
    add(sums, load<T>(t, 3 * sizeof<T>()), f32x4.extract_lane(products, 3));
  }
  for (const last = weights + ((<usize>end) << 1); w < last; w += 2, t += sizeof<T>()) {
    const products = f32x4.mul(singles(i32x4.splat(load<u16>(w))), confidence);
    add(sums, load<T>(t), f32x4.extract_lane(products, 0));
  }
}

/** sums += x·B for the picked items, in their order. `wide`: targets of 32 bits, not 16. */
export function addWeights(
  starts: usize,
  targets: usize,
  weights: usize,
  wide: bool,
  picks: usize,
  confidences: usize,
  count: u32,
  sums: usize,
): void {
  for (let at: usize = 0; at < (<usize>count) << 2; at += 4) {
    const start = starts + ((<usize>load<u32>(picks + at)) << 2);
    const confidence = v128.load32_splat(confidences + at);
    if (wide) addRow<u32>(targets, weights, load<u32>(start), load<u32>(start, 4), confidence, sums);
    else addRow<u16>(targets, weights, load<u32>(start), load<u32>(start, 4), confidence, sums);
  }
}

function squares(x: v128): v128 {
  return f64x2.mul(x, x);
}

function lanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Writes the sum of `count` numbers (a multiple of 8) and that of their squares, in float64; every eighth is in one sum. */
export function describeSums(sums: usize, count: u32, out: usize): void {
  let a = f64x2.splat(0);
  let b = a;
  let c = a;
  let d = a;
  let aa = a;
  let bb = a;
  let cc = a;
  let dd = a;
  for (const end = sums + ((<usize>count) << 2); sums < end; sums += 32) {
    const w = f64x2.promote_low_f32x4(v128.load64_zero(sums));
    const x = f64x2.promote_low_f32x4(v128.load64_zero(sums, 8));
    const y = f64x2.promote_low_f32x4(v128.load64_zero(sums, 16));
    const z = f64x2.promote_low_f32x4(v128.load64_zero(sums, 24));
    a = f64x2.add(a, w);
    b = f64x2.add(b, x);
    c = f64x2.add(c, y);
    d = f64x2.add(d, z);
    aa = f64x2.add(aa, squares(w));
    bb = f64x2.add(bb, squares(x));
    cc = f64x2.add(cc, squares(y));
    dd = f64x2.add(dd, squares(z));
  }
  store<f64>(out, lanes(f64x2.add(f64x2.add(a, b), f64x2.add(c, d))));
  store<f64>(out, lanes(f64x2.add(f64x2.add(aa, bb), f64x2.add(cc, dd))), 8);
}

/** sums = scale·sums + prior, `count` of them (a multiple of 4); without a prior where `prior` is 0. */
export function addPrior(sums: usize, count: u32, scale: f32, prior: usize): void {
  const x = f32x4.splat(scale);
  const end = sums + ((<usize>count) << 2);
  if (prior == 0) {
    for (; sums < end; sums += 16) v128.store(sums, f32x4.mul(v128.load(sums), x));
    return;
  }
  for (; sums < end; sums += 16, prior += 16)
    v128.store(sums, f32x4.add(f32x4.mul(v128.load(sums), x), v128.load(prior)));
}
