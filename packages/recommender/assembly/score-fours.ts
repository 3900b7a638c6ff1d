import { emptyList, offer } from './keep-best';
import { priorAt, priorWeightAt, shiftAt, thresholdAt, vectorAt } from './user';

/**
 * A score is shift + weight·prior + Σ h·w, added in the order of the factors, float32, whichever other items are scored: a list never depends on its
 * batch, nor on what screening leaves. Items stand in fours: four first factors, four second factors, and so on.
 */
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Whether this processor rounds a product and its sum once: then the relaxed build gives other last bits than the plain one. */
export function fuses(): bool {
  const nearOne = f32x4.splat(1 + 1 / 4096);
  const sum = madd(nearOne, nearOne, f32x4.splat(-(1 + 1 / 2048)));
  return f32x4.extract_lane(sum, 0) != 0;
}

/** The larger of four numbers each; none of them is NaN, see `place`. */
export function largest(a: v128, b: v128, c: v128, d: v128): v128 {
  return f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
}

/** All blocks of 16 items (an even number) for one user. `scratch`: 32 bytes for numbers of fours, then 128 for scores. */
export function scoreAll(user: usize, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  emptyList(user);
  for (let four: u32 = 0; four < blocks << 2; four += 8) {
    for (let at: u32 = 0; at < 8; at++) store<u32>(scratch + ((<usize>at) << 2), four + at);
    scoreEight(user, items, factors, 8, scratch);
  }
}

function start(user: usize, four: u32, weight: v128, shift: v128): v128 {
  return madd(v128.load(<usize>load<u32>(user, priorAt) + ((<usize>four) << 4)), weight, shift);
}

/** Scores the first `count` of the eight fours that stand at `scratch`, ascending: eight at once, so that no sum waits for another. */
export function scoreEight(user: usize, items: usize, factors: u32, count: u32, scratch: usize): void {
  const stride = (<usize>factors) << 4;
  const weight = v128.load32_splat(user, priorWeightAt);
  const shift = v128.load32_splat(user, shiftAt);
  let a = start(user, load<u32>(scratch), weight, shift);
  let b = start(user, load<u32>(scratch, 4), weight, shift);
  let c = start(user, load<u32>(scratch, 8), weight, shift);
  let d = start(user, load<u32>(scratch, 12), weight, shift);
  let e = start(user, load<u32>(scratch, 16), weight, shift);
  let f = start(user, load<u32>(scratch, 20), weight, shift);
  let g = start(user, load<u32>(scratch, 24), weight, shift);
  let h = start(user, load<u32>(scratch, 28), weight, shift);
  let atA = items + load<u32>(scratch) * stride;
  let atB = items + load<u32>(scratch, 4) * stride;
  let atC = items + load<u32>(scratch, 8) * stride;
  let atD = items + load<u32>(scratch, 12) * stride;
  let atE = items + load<u32>(scratch, 16) * stride;
  let atF = items + load<u32>(scratch, 20) * stride;
  let atG = items + load<u32>(scratch, 24) * stride;
  let atH = items + load<u32>(scratch, 28) * stride;
  let w: usize = load<u32>(user, vectorAt);
  for (const end = w + ((<usize>factors) << 2); w < end; w += 4) {
    const x = v128.load32_splat(w);
    a = madd(v128.load(atA), x, a);
    b = madd(v128.load(atB), x, b);
    c = madd(v128.load(atC), x, c);
    d = madd(v128.load(atD), x, d);
    e = madd(v128.load(atE), x, e);
    f = madd(v128.load(atF), x, f);
    g = madd(v128.load(atG), x, g);
    h = madd(v128.load(atH), x, h);
    atA += 16;
    atB += 16;
    atC += 16;
    atD += 16;
    atE += 16;
    atF += 16;
    atG += 16;
    atH += 16;
  }
  const highest = f32x4.pmax(largest(a, b, c, d), largest(e, f, g, h));
  if (!v128.any_true(f32x4.gt(highest, v128.load32_splat(user, thresholdAt)))) return;
  v128.store(scratch, a, 32);
  v128.store(scratch, b, 48);
  v128.store(scratch, c, 64);
  v128.store(scratch, d, 80);
  v128.store(scratch, e, 96);
  v128.store(scratch, f, 112);
  v128.store(scratch, g, 128);
  v128.store(scratch, h, 144);
  for (let at: u32 = 0; at < count; at++) {
    const scores = scratch + 32 + ((<usize>at) << 4);
    const above = i32x4.bitmask(f32x4.gt(v128.load(scores), v128.load32_splat(user, thresholdAt)));
    if (above != 0) offer(user, scores, load<u32>(scratch + ((<usize>at) << 2)) << 2, above);
  }
}
