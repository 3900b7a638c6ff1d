import {
  boundShiftAt,
  boundWeightAt,
  codesAt,
  largestAt,
  onesAt,
  priorWeightAt,
  scaleAt,
  shiftAt,
  startAt,
  vectorAt,
  wantedAt,
} from './user';

/** What screening knows of a model: places of the items' codes and scales, and two bounds in units of an item's scale. */
export const itemCodesAt: usize = 0;
export const itemScalesAt: usize = 4;
export const itemErrorAt: usize = 8;
export const itemNormAt: usize = 16;

/** Codes of users are −127…127, those of items 1…127 and mean 64 less: two products fit in 16 bits. */
const codeMax: f32 = 127;
const itemOffset: i32 = 64;

/** What a sum of 16 bits holds. */
const sumMax: f64 = 32767;

/** More than float32 loses of the smallest numbers. */
const nearZero: f64 = 1e-36;

/** Not for vectors whose products could leave float32 on the way. */
const smallest: f32 = 1e-20;
const greatest: f32 = 1e20;

/**
 * Writes the user's vector u as scale·codes (û) and how far a score can be from what the codes say. With item h and its coded form ĥ:
 * |h·u − ĥ·û| ≤ ‖h − ĥ‖·‖u‖ + ‖ĥ‖·‖u − û‖ (Cauchy-Schwarz), and both norms of an item are at most its scale times a number of the model.
 * So the bound is a whole number of `steps` of (item's scale)·(user's scale). Bounds are in units of the user's scale: shift and weight of the prior are written
 * in it, too. The scale is 0 where it is not safe, or not worth it: nearly every four would be a candidate for a list of many of them.
 *
 * Sums are of 16 bits, one of factors 0, 1, 4, 5, 8 … and one of the others. On the way they may overflow and come back; what they come to is at most
 * ‖item's codes‖·‖their user's codes‖ and half of the steps, which stand in them from the start, and that has to fit.
 */
export function codeUser(user: usize, screen: usize, blocks: u32, factors: u32): void {
  store<f32>(user, 0, scaleAt);
  if (factors == 0 || load<u32>(user, wantedAt) > blocks >> 3) return;
  const vector: usize = load<u32>(user, vectorAt);
  const codes: usize = load<u32>(user, codesAt);
  const itemNorm = load<f64>(screen, itemNormAt);
  let most: f32 = 0;
  let norm: f64 = 0;
  let norm2: f64 = 0;
  for (let j: usize = 0; j < <usize>factors; j++) {
    const value = load<f32>(vector + (j << 2));
    most = max(most, abs(value));
    if (j & 2) norm2 += <f64>value * <f64>value;
    else norm += <f64>value * <f64>value;
  }
  if (!(most > smallest && most < greatest)) return;
  const room = roomOf(factors, itemNorm, load<f64>(screen, itemErrorAt));
  if (!(room > 0)) return;
  const scale = <f32>max(<f64>(most / codeMax), (1.000001 * itemNorm * sqrt(max(norm, norm2))) / room);
  let sum: i32 = 0;
  let sum2: i32 = 0;
  let missed: f64 = 0;
  memory.fill(codes, 0, (<usize>factors + 7) & ~7);
  for (let j: usize = 0; j < <usize>factors; j++) {
    const value = load<f32>(vector + (j << 2));
    const code = nearest(value / scale);
    const rest = <f64>value - <f64>scale * <f64>code;
    store<i8>(codes + j, <i8>code);
    if (j & 2) sum2 += <i32>code;
    else sum += <i32>code;
    missed += rest * rest;
  }
  const reach = sqrt(norm + norm2) * load<f64>(screen, itemErrorAt) + sqrt(missed) * itemNorm;
  // A hundred-thousandth more than the sums of this function and the products of `screenBlocks` lose.
  const steps = <i32>ceil((reach / <f64>scale) * 1.00001) + 1;
  store<i16>(user, <i16>((steps >> 1) - itemOffset * sum), startAt);
  store<i16>(user, <i16>(steps - (steps >> 1) - itemOffset * sum2), startAt + 2);
  const slack = slackOf(user, factors);
  if (!(<f64>load<f32>(user, largestAt) + slack < 1e37 * <f64>scale)) return;
  store<f32>(user, <f32>(<f64>load<f32>(user, priorWeightAt) / scale), boundWeightAt);
  store<f32>(user, <f32>((<f64>load<f32>(user, shiftAt) + slack) / scale + nearZero), boundShiftAt);
  store<u32>(user, 0x10001, onesAt);
  store<f32>(user, scale, scaleAt);
}

/**
 * What a sum may come to before a user's numbers are rounded: that may add half a code to each of half of the factors. Half of the steps are at most 0.7072 times
 * error/norm of this, and a fourth of the norm for each of √factors.
 */
function roomOf(factors: u32, itemNorm: f64, itemError: f64): f64 {
  const rounding = 0.5 * sqrt(<f64>((factors >> 1) + 2)) + 0.2501 * sqrt(<f64>factors);
  return (sumMax - 3 - itemNorm * rounding) / (1 + (0.7072 * itemError) / itemNorm);
}

/**
 * What rounding can move a score, and a bound on it: each of the factors + 2 sums and products of a score moves it by at most 2⁻²⁴ of the largest sum
 * there can be (twice that where products are rounded too); the rest is for the few steps of the bound itself, and for numbers near zero.
 */
function slackOf(user: usize, factors: u32): f64 {
  const roundings = 2 * <f64>factors + 40;
  return <f64>load<f32>(user, largestAt) * roundings * (1.0 / 16777216.0) + nearZero;
}
