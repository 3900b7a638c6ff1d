import { itemCodesAt, itemScalesAt } from './code-user';
import { madd } from './score-fours';
import { add, bound, evenBytes, highest, leaveOut, oddBytes } from './screen';
import { boundShiftAt, boundWeightAt, boundsAt, codesAt, excludedAt, onesAt, priorAt, startAt } from './user';

/** As `screenBlocks`, for two users, a block at a time: each code that is read serves both. The same bounds. */
export function screenTwo(
  user: usize,
  other: usize,
  screen: usize,
  from: u32,
  to: u32,
  factors: u32,
  scratch: usize,
): void {
  const line = ((<usize>factors + 7) & ~7) << 4;
  const ones = v128.load32_splat(user, onesAt);
  const startA = v128.load32_splat(user, startAt);
  const startB = v128.load32_splat(other, startAt);
  const codesA: usize = load<u32>(user, codesAt);
  const codesB: usize = load<u32>(other, codesAt);
  let priorA = <usize>load<u32>(user, priorAt) + ((<usize>from) << 6);
  let priorB = <usize>load<u32>(other, priorAt) + ((<usize>from) << 6);
  let boundsA = <usize>load<u32>(user, boundsAt) + ((<usize>from) << 4);
  let boundsB = <usize>load<u32>(other, boundsAt) + ((<usize>from) << 4);
  let excludedA = <usize>load<u32>(user, excludedAt) + ((<usize>from) << 1);
  let excludedB = <usize>load<u32>(other, excludedAt) + ((<usize>from) << 1);
  let scales = <usize>load<u32>(screen, itemScalesAt) + ((<usize>from) << 6);
  const last = <usize>load<u32>(screen, itemScalesAt) + ((<usize>to) << 6);
  let h = <usize>load<u32>(screen, itemCodesAt) + <usize>from * line;
  for (
    ;
    scales < last;
    scales += 64, priorA += 64, priorB += 64, boundsA += 16, boundsB += 16, excludedA += 2, excludedB += 2
  ) {
    let a0 = startA;
    let a1 = startA;
    let a2 = startA;
    let a3 = startA;
    let b0 = startB;
    let b1 = startB;
    let b2 = startB;
    let b3 = startB;
    let v = codesB;
    const end = h + line;
    for (let w = codesA; h < end; h += 128, w += 8, v += 8) {
      let x = v128.load32_splat(w);
      let y = v128.load32_splat(v);
      let evenA = evenBytes(x);
      let oddA = oddBytes(x);
      let evenB = evenBytes(y);
      let oddB = oddBytes(y);
      let items = v128.load(h);
      a0 = add(a0, evenA, oddA, items);
      b0 = add(b0, evenB, oddB, items);
      items = v128.load(h, 32);
      a1 = add(a1, evenA, oddA, items);
      b1 = add(b1, evenB, oddB, items);
      items = v128.load(h, 64);
      a2 = add(a2, evenA, oddA, items);
      b2 = add(b2, evenB, oddB, items);
      items = v128.load(h, 96);
      a3 = add(a3, evenA, oddA, items);
      b3 = add(b3, evenB, oddB, items);
      x = v128.load32_splat(w, 4);
      y = v128.load32_splat(v, 4);
      evenA = evenBytes(x);
      oddA = oddBytes(x);
      evenB = evenBytes(y);
      oddB = oddBytes(y);
      items = v128.load(h, 16);
      a0 = add(a0, evenA, oddA, items);
      b0 = add(b0, evenB, oddB, items);
      items = v128.load(h, 48);
      a1 = add(a1, evenA, oddA, items);
      b1 = add(b1, evenB, oddB, items);
      items = v128.load(h, 80);
      a2 = add(a2, evenA, oddA, items);
      b2 = add(b2, evenB, oddB, items);
      items = v128.load(h, 112);
      a3 = add(a3, evenA, oddA, items);
      b3 = add(b3, evenB, oddB, items);
    }
    const weightA = v128.load32_splat(user, boundWeightAt);
    const weightB = v128.load32_splat(other, boundWeightAt);
    const shiftA = v128.load32_splat(user, boundShiftAt);
    const shiftB = v128.load32_splat(other, boundShiftAt);
    let scale = v128.load(scales);
    a0 = bound(a0, ones, scale, madd(v128.load(priorA), weightA, shiftA));
    b0 = bound(b0, ones, scale, madd(v128.load(priorB), weightB, shiftB));
    scale = v128.load(scales, 16);
    a1 = bound(a1, ones, scale, madd(v128.load(priorA, 16), weightA, shiftA));
    b1 = bound(b1, ones, scale, madd(v128.load(priorB, 16), weightB, shiftB));
    scale = v128.load(scales, 32);
    a2 = bound(a2, ones, scale, madd(v128.load(priorA, 32), weightA, shiftA));
    b2 = bound(b2, ones, scale, madd(v128.load(priorB, 32), weightB, shiftB));
    scale = v128.load(scales, 48);
    a3 = bound(a3, ones, scale, madd(v128.load(priorA, 48), weightA, shiftA));
    b3 = bound(b3, ones, scale, madd(v128.load(priorB, 48), weightB, shiftB));
    v128.store(boundsA, highest(a0, a1, a2, a3));
    v128.store(boundsB, highest(b0, b1, b2, b3));
    const outA = <u32>load<u16>(excludedA);
    const outB = <u32>load<u16>(excludedB);
    if ((outA | outB) == 0) continue;
    v128.store(scratch, a0);
    v128.store(scratch, a1, 16);
    v128.store(scratch, a2, 32);
    v128.store(scratch, a3, 48);
    v128.store(scratch, b0, 64);
    v128.store(scratch, b1, 80);
    v128.store(scratch, b2, 96);
    v128.store(scratch, b3, 112);
    if (outA != 0) leaveOut(outA, boundsA, scratch);
    if (outB != 0) leaveOut(outB, boundsB, scratch + 64);
  }
}
