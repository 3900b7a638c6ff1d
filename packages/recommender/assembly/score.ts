import { offer, sortBest } from './keep-best';
import { priorAt, priorWeightAt, shiftAt, thresholdAt, vectorAt } from './user';

/**
 * A score is shift + weight·prior + Σ h·w, added in the order of the factors, float32, whatever the number of users that are scored at once:
 * a list never depends on its batch. Items stand in blocks of 16: all first factors, all second factors, and so on.
 */
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Whether this processor rounds a product and its sum once: then the relaxed build gives other last bits than the plain one. */
export function fuses(): bool {
  const nearOne = f32x4.splat(1 + 1 / 4096);
  const sum = madd(nearOne, nearOne, f32x4.splat(-(1 + 1 / 2048)));
  return f32x4.extract_lane(sum, 0) != 0;
}

/** The larger of four numbers each; none of them is NaN, see `place`. */
function largest(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
}

/** Shows the scores of a block to a user's list; returns its new threshold. `scratch`: 64 bytes. */
function keep(user: usize, first: u32, a: v128, b: v128, c: v128, d: v128, threshold: v128, scratch: usize): v128 {
  v128.store(scratch, a);
  v128.store(scratch, b, 16);
  v128.store(scratch, c, 32);
  v128.store(scratch, d, 48);
  const above =
    i32x4.bitmask(f32x4.gt(a, threshold)) |
    (i32x4.bitmask(f32x4.gt(b, threshold)) << 4) |
    (i32x4.bitmask(f32x4.gt(c, threshold)) << 8) |
    (i32x4.bitmask(f32x4.gt(d, threshold)) << 12);
  offer(user, scratch, first, above);
  return v128.load32_splat(user, thresholdAt);
}

/** All blocks (an even number) for one user: two at once, so that no sum waits for another. */
export function scoreOne(user: usize, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  const stride = (<usize>factors) << 6;
  const vector: usize = load<u32>(user, vectorAt);
  const weight = v128.load32_splat(user, priorWeightAt);
  const shift = v128.load32_splat(user, shiftAt);
  let threshold = v128.load32_splat(user, thresholdAt);
  let prior: usize = load<u32>(user, priorAt);
  let h = items;
  for (let first: u32 = 0; first < blocks << 4; first += 32, prior += 128, h += stride) {
    let a0 = madd(v128.load(prior), weight, shift);
    let a1 = madd(v128.load(prior, 16), weight, shift);
    let a2 = madd(v128.load(prior, 32), weight, shift);
    let a3 = madd(v128.load(prior, 48), weight, shift);
    let b0 = madd(v128.load(prior, 64), weight, shift);
    let b1 = madd(v128.load(prior, 80), weight, shift);
    let b2 = madd(v128.load(prior, 96), weight, shift);
    let b3 = madd(v128.load(prior, 112), weight, shift);
    let g = h + stride;
    const end = g;
    for (let w = vector; h < end; h += 64, g += 64, w += 4) {
      const x = v128.load32_splat(w);
      a0 = madd(v128.load(h), x, a0);
      a1 = madd(v128.load(h, 16), x, a1);
      a2 = madd(v128.load(h, 32), x, a2);
      a3 = madd(v128.load(h, 48), x, a3);
      b0 = madd(v128.load(g), x, b0);
      b1 = madd(v128.load(g, 16), x, b1);
      b2 = madd(v128.load(g, 32), x, b2);
      b3 = madd(v128.load(g, 48), x, b3);
    }
    const low = largest(a0, a1, a2, a3);
    const high = largest(b0, b1, b2, b3);
    if (!v128.any_true(f32x4.gt(f32x4.pmax(low, high), threshold))) continue;
    threshold = keep(user, first, a0, a1, a2, a3, threshold, scratch);
    threshold = keep(user, first + 16, b0, b1, b2, b3, threshold, scratch);
  }
  sortBest(user);
}

/** Some blocks for two users: each value of the items is read once for both. */
function scorePair(one: usize, two: usize, items: usize, from: u32, to: u32, stride: usize, scratch: usize): void {
  const vector: usize = load<u32>(one, vectorAt);
  const gap = <usize>load<u32>(two, vectorAt) - vector;
  const weight = v128.load32_splat(one, priorWeightAt);
  const weight2 = v128.load32_splat(two, priorWeightAt);
  const shift = v128.load32_splat(one, shiftAt);
  const shift2 = v128.load32_splat(two, shiftAt);
  let threshold = v128.load32_splat(one, thresholdAt);
  let threshold2 = v128.load32_splat(two, thresholdAt);
  let prior = <usize>load<u32>(one, priorAt) + ((<usize>from) << 6);
  let prior2 = <usize>load<u32>(two, priorAt) + ((<usize>from) << 6);
  let h = items + <usize>from * stride;
  for (let block = from; block < to; block++, prior += 64, prior2 += 64) {
    let a0 = madd(v128.load(prior), weight, shift);
    let a1 = madd(v128.load(prior, 16), weight, shift);
    let a2 = madd(v128.load(prior, 32), weight, shift);
    let a3 = madd(v128.load(prior, 48), weight, shift);
    let b0 = madd(v128.load(prior2), weight2, shift2);
    let b1 = madd(v128.load(prior2, 16), weight2, shift2);
    let b2 = madd(v128.load(prior2, 32), weight2, shift2);
    let b3 = madd(v128.load(prior2, 48), weight2, shift2);
    let w = vector;
    for (const end = h + stride; h < end; h += 64, w += 4) {
      const x = v128.load32_splat(w);
      const y = v128.load32_splat(w + gap);
      let part = v128.load(h);
      a0 = madd(part, x, a0);
      b0 = madd(part, y, b0);
      part = v128.load(h, 16);
      a1 = madd(part, x, a1);
      b1 = madd(part, y, b1);
      part = v128.load(h, 32);
      a2 = madd(part, x, a2);
      b2 = madd(part, y, b2);
      part = v128.load(h, 48);
      a3 = madd(part, x, a3);
      b3 = madd(part, y, b3);
    }
    if (v128.any_true(f32x4.gt(largest(a0, a1, a2, a3), threshold)))
      threshold = keep(one, block << 4, a0, a1, a2, a3, threshold, scratch);
    if (v128.any_true(f32x4.gt(largest(b0, b1, b2, b3), threshold2)))
      threshold2 = keep(two, block << 4, b0, b1, b2, b3, threshold2, scratch);
  }
}

/** Some blocks for the last of an odd number of users. */
function scoreLast(user: usize, items: usize, from: u32, to: u32, stride: usize, scratch: usize): void {
  const weight = v128.load32_splat(user, priorWeightAt);
  const shift = v128.load32_splat(user, shiftAt);
  let threshold = v128.load32_splat(user, thresholdAt);
  let prior = <usize>load<u32>(user, priorAt) + ((<usize>from) << 6);
  let h = items + <usize>from * stride;
  for (let block = from; block < to; block++, prior += 64) {
    let a0 = madd(v128.load(prior), weight, shift);
    let a1 = madd(v128.load(prior, 16), weight, shift);
    let a2 = madd(v128.load(prior, 32), weight, shift);
    let a3 = madd(v128.load(prior, 48), weight, shift);
    let w: usize = load<u32>(user, vectorAt);
    for (const end = h + stride; h < end; h += 64, w += 4) {
      const x = v128.load32_splat(w);
      a0 = madd(v128.load(h), x, a0);
      a1 = madd(v128.load(h, 16), x, a1);
      a2 = madd(v128.load(h, 32), x, a2);
      a3 = madd(v128.load(h, 48), x, a3);
    }
    if (v128.any_true(f32x4.gt(largest(a0, a1, a2, a3), threshold)))
      threshold = keep(user, block << 4, a0, a1, a2, a3, threshold, scratch);
  }
}

/** Blocks that all users go through before the next: 16 kB at 64 factors, half of a small processor's nearest cache. */
const blocksAtOnce: u32 = 4;

/** Some blocks for all users, then the next: items are read from memory once. `users`: records of `size` bytes, one after the other. */
export function scoreMany(
  users: usize,
  count: u32,
  size: u32,
  items: usize,
  blocks: u32,
  factors: u32,
  scratch: usize,
): void {
  const stride = (<usize>factors) << 6;
  for (let from: u32 = 0; from < blocks; from += blocksAtOnce) {
    const to = min(blocks, from + blocksAtOnce);
    let user = users;
    let left = count;
    for (; left > 1; left -= 2, user += 2 * size) scorePair(user, user + size, items, from, to, stride, scratch);
    if (left == 1) scoreLast(user, items, from, to, stride, scratch);
  }
  for (let at: u32 = 0; at < count; at++) sortBest(users + <usize>at * size);
}
