import { itemCodesAt, itemScalesAt } from './code-user';
import { madd } from './score-fours';
import { boundShiftAt, boundWeightAt, boundsAt, codesAt, excludedAt, onesAt, priorAt, startAt } from './user';

/** Signed bytes of a user as the products take them: all of them, or the even and the odd ones as 16 bits. */
export function evenBytes(x: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? x : i16x8.shr_s(i16x8.shl(x, 8), 8);
}

export function oddBytes(x: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? x : i16x8.shr_s(x, 8);
}

/** Adds two products each, in 16 bits. Items are below 128, so the relaxed instruction has one result on every processor. */
export function add(sums: v128, even: v128, odd: v128, items: v128): v128 {
  return i16x8.add(
    sums,
    ASC_FEATURE_RELAXED_SIMD
      ? i16x8.relaxed_dot_i8x16_i7x16_s(even, items)
      : i16x8.add(i16x8.mul(even, v128.and(items, i16x8.splat(0xff))), i16x8.mul(odd, i16x8.shr_u(items, 8))),
  );
}

/** A bound in units of the user's scale: shift + weight·prior + (item's scale)·(Σ codes + steps) for four items, `base` being the first two. */
export function bound(sums: v128, ones: v128, scales: v128, base: v128): v128 {
  return madd(scales, f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(sums, ones)), base);
}

/** Writes for each block (an even number of them), four items by four, what none of them exceeds, in units of the user's scale; those that are left out do not count. */
export function screenBlocks(user: usize, screen: usize, from: u32, to: u32, factors: u32, scratch: usize): void {
  const line = ((<usize>factors + 7) & ~7) << 4;
  const start = v128.load32_splat(user, startAt);
  const ones = v128.load32_splat(user, onesAt);
  const weight = v128.load32_splat(user, boundWeightAt);
  const shift = v128.load32_splat(user, boundShiftAt);
  const codes: usize = load<u32>(user, codesAt);
  let prior = <usize>load<u32>(user, priorAt) + ((<usize>from) << 6);
  let scales = <usize>load<u32>(screen, itemScalesAt) + ((<usize>from) << 6);
  let excluded = <usize>load<u32>(user, excludedAt) + ((<usize>from) << 1);
  let bounds = <usize>load<u32>(user, boundsAt) + ((<usize>from) << 4);
  const last = <usize>load<u32>(user, boundsAt) + ((<usize>to) << 4);
  let h = <usize>load<u32>(screen, itemCodesAt) + <usize>from * line;
  for (; bounds < last; bounds += 32, prior += 128, scales += 128, excluded += 4, h += line) {
    let a0 = start;
    let a1 = start;
    let a2 = start;
    let a3 = start;
    let b0 = start;
    let b1 = start;
    let b2 = start;
    let b3 = start;
    let g = h + line;
    const end = g;
    for (let w = codes; h < end; h += 128, g += 128, w += 8) {
      let x = v128.load32_splat(w);
      const even = evenBytes(x);
      const odd = oddBytes(x);
      x = v128.load32_splat(w, 4);
      const even2 = evenBytes(x);
      const odd2 = oddBytes(x);
      a0 = add(add(a0, even, odd, v128.load(h)), even2, odd2, v128.load(h, 16));
      a1 = add(add(a1, even, odd, v128.load(h, 32)), even2, odd2, v128.load(h, 48));
      a2 = add(add(a2, even, odd, v128.load(h, 64)), even2, odd2, v128.load(h, 80));
      a3 = add(add(a3, even, odd, v128.load(h, 96)), even2, odd2, v128.load(h, 112));
      b0 = add(add(b0, even, odd, v128.load(g)), even2, odd2, v128.load(g, 16));
      b1 = add(add(b1, even, odd, v128.load(g, 32)), even2, odd2, v128.load(g, 48));
      b2 = add(add(b2, even, odd, v128.load(g, 64)), even2, odd2, v128.load(g, 80));
      b3 = add(add(b3, even, odd, v128.load(g, 96)), even2, odd2, v128.load(g, 112));
    }
    a0 = bound(a0, ones, v128.load(scales), madd(v128.load(prior), weight, shift));
    a1 = bound(a1, ones, v128.load(scales, 16), madd(v128.load(prior, 16), weight, shift));
    a2 = bound(a2, ones, v128.load(scales, 32), madd(v128.load(prior, 32), weight, shift));
    a3 = bound(a3, ones, v128.load(scales, 48), madd(v128.load(prior, 48), weight, shift));
    b0 = bound(b0, ones, v128.load(scales, 64), madd(v128.load(prior, 64), weight, shift));
    b1 = bound(b1, ones, v128.load(scales, 80), madd(v128.load(prior, 80), weight, shift));
    b2 = bound(b2, ones, v128.load(scales, 96), madd(v128.load(prior, 96), weight, shift));
    b3 = bound(b3, ones, v128.load(scales, 112), madd(v128.load(prior, 112), weight, shift));
    v128.store(bounds, highest(a0, a1, a2, a3));
    v128.store(bounds, highest(b0, b1, b2, b3), 16);
    const out = load<u32>(excluded);
    if (out == 0) continue;
    v128.store(scratch, a0);
    v128.store(scratch, a1, 16);
    v128.store(scratch, a2, 32);
    v128.store(scratch, a3, 48);
    v128.store(scratch, b0, 64);
    v128.store(scratch, b1, 80);
    v128.store(scratch, b2, 96);
    v128.store(scratch, b3, 112);
    leaveOut(out & 0xffff, bounds, scratch);
    leaveOut(out >> 16, bounds + 16, scratch + 64);
  }
}

/** The bounds of a block once more, without the items whose bits are set. */
export function leaveOut(out: u32, bounds: usize, scratch: usize): void {
  for (let rest = out; rest != 0; rest &= rest - 1) store<f32>(scratch + ((<usize>ctz(rest)) << 2), -(<f32>Infinity));
  const four = highest(v128.load(scratch), v128.load(scratch, 16), v128.load(scratch, 32), v128.load(scratch, 48));
  v128.store(bounds, four);
}

/** The largest of each: a, b, c and d, by exchanging lines and columns. */
export function highest(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.pmax(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.pmax(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
  return f32x4.pmax(v128.shuffle<u32>(ab, cd, 0, 1, 4, 5), v128.shuffle<u32>(ab, cd, 2, 3, 6, 7));
}
