import { offer, sortBest } from './keep-best';
import { priorAt, priorWeightAt, shiftAt, thresholdAt, vectorAt } from './user';

/**
 * A score is shift + weight·prior + Σ h·w, added in the order of the factors, float32, whatever the number of users that are scored at once:
 * a list never depends on its batch. Items stand in blocks of 16: all first factors, all second factors, and so on.
 */
function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

function start(user: usize, block: usize, part: usize): v128 {
  const prior = v128.load(<usize>load<u32>(user, priorAt) + (block << 6) + part);
  return madd(prior, v128.load32_splat(user, priorWeightAt), v128.load32_splat(user, shiftAt));
}

/** All blocks (an even number) for one user: two at once, so that no sum waits for another. `scratch`: 128 bytes. */
export function scoreOne(user: usize, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  const stride = (<usize>factors) << 6;
  const vector: usize = load<u32>(user, vectorAt);
  for (let block: usize = 0; block < <usize>blocks; block += 2) {
    let a0 = start(user, block, 0);
    let a1 = start(user, block, 16);
    let a2 = start(user, block, 32);
    let a3 = start(user, block, 48);
    let a4 = start(user, block, 64);
    let a5 = start(user, block, 80);
    let a6 = start(user, block, 96);
    let a7 = start(user, block, 112);
    let h = items + block * stride;
    let g = h + stride;
    const end = g;
    for (let w = vector; h < end; h += 64, g += 64, w += 4) {
      const x = v128.load32_splat(w);
      a0 = madd(v128.load(h), x, a0);
      a1 = madd(v128.load(h, 16), x, a1);
      a2 = madd(v128.load(h, 32), x, a2);
      a3 = madd(v128.load(h, 48), x, a3);
      a4 = madd(v128.load(g), x, a4);
      a5 = madd(v128.load(g, 16), x, a5);
      a6 = madd(v128.load(g, 32), x, a6);
      a7 = madd(v128.load(g, 48), x, a7);
    }
    const threshold = v128.load32_splat(user, thresholdAt);
    const low = v128.or(
      v128.or(f32x4.gt(a0, threshold), f32x4.gt(a1, threshold)),
      v128.or(f32x4.gt(a2, threshold), f32x4.gt(a3, threshold)),
    );
    const high = v128.or(
      v128.or(f32x4.gt(a4, threshold), f32x4.gt(a5, threshold)),
      v128.or(f32x4.gt(a6, threshold), f32x4.gt(a7, threshold)),
    );
    if (!v128.any_true(v128.or(low, high))) continue;
    v128.store(scratch, a0);
    v128.store(scratch, a1, 16);
    v128.store(scratch, a2, 32);
    v128.store(scratch, a3, 48);
    v128.store(scratch, a4, 64);
    v128.store(scratch, a5, 80);
    v128.store(scratch, a6, 96);
    v128.store(scratch, a7, 112);
    offer(user, scratch, (<u32>block) << 4, 32);
  }
  sortBest(user);
}

/** One block for two users: each value of the items is read once for both. */
function scorePair(one: usize, two: usize, block: usize, items: usize, stride: usize, scratch: usize): void {
  let a0 = start(one, block, 0);
  let a1 = start(one, block, 16);
  let a2 = start(one, block, 32);
  let a3 = start(one, block, 48);
  let b0 = start(two, block, 0);
  let b1 = start(two, block, 16);
  let b2 = start(two, block, 32);
  let b3 = start(two, block, 48);
  let v: usize = load<u32>(one, vectorAt);
  let w: usize = load<u32>(two, vectorAt);
  let h = items + block * stride;
  for (const end = h + stride; h < end; h += 64, v += 4, w += 4) {
    const x = v128.load32_splat(v);
    const y = v128.load32_splat(w);
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
  keep(one, block, a0, a1, a2, a3, scratch);
  keep(two, block, b0, b1, b2, b3, scratch);
}

/** The rest of an odd number of users. */
function scoreLast(user: usize, block: usize, items: usize, stride: usize, scratch: usize): void {
  let a0 = start(user, block, 0);
  let a1 = start(user, block, 16);
  let a2 = start(user, block, 32);
  let a3 = start(user, block, 48);
  let w: usize = load<u32>(user, vectorAt);
  let h = items + block * stride;
  for (const end = h + stride; h < end; h += 64, w += 4) {
    const x = v128.load32_splat(w);
    a0 = madd(v128.load(h), x, a0);
    a1 = madd(v128.load(h, 16), x, a1);
    a2 = madd(v128.load(h, 32), x, a2);
    a3 = madd(v128.load(h, 48), x, a3);
  }
  keep(user, block, a0, a1, a2, a3, scratch);
}

function keep(user: usize, block: usize, a: v128, b: v128, c: v128, d: v128, scratch: usize): void {
  const threshold = v128.load32_splat(user, thresholdAt);
  const above = v128.or(
    v128.or(f32x4.gt(a, threshold), f32x4.gt(b, threshold)),
    v128.or(f32x4.gt(c, threshold), f32x4.gt(d, threshold)),
  );
  if (!v128.any_true(above)) return;
  v128.store(scratch, a);
  v128.store(scratch, b, 16);
  v128.store(scratch, c, 32);
  v128.store(scratch, d, 48);
  offer(user, scratch, (<u32>block) << 4, 16);
}

/** Block after block for all users, so that a block is read from memory once. `users`: records of `size` bytes, one after the other. */
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
  for (let block: usize = 0; block < <usize>blocks; block++) {
    let user = users;
    let left = count;
    for (; left > 1; left -= 2, user += 2 * size) scorePair(user, user + size, block, items, stride, scratch);
    if (left == 1) scoreLast(user, block, items, stride, scratch);
  }
  for (let at: u32 = 0; at < count; at++) sortBest(users + <usize>at * size);
}
