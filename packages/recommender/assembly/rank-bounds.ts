import { highest } from './screen';
import { boundsAt, wantedAt } from './user';

/** Vectors of a summary: a number for each pair of blocks, four in one. */
function vectorsOf(blocks: u32): usize {
  return (<usize>(blocks >> 1) + 3) >> 2;
}

/** Writes the highest bound of each pair of blocks: most pairs are looked at by nothing else. Behind the last stands NaN, which reaches no limit. */
export function summarise(user: usize, blocks: u32, summary: usize): void {
  let at: usize = load<u32>(user, boundsAt);
  const end = at + ((<usize>blocks) << 4);
  let to = summary;
  for (; at + 128 <= end; at += 128, to += 16) {
    v128.store(to, highest(ofPair(at), ofPair(at + 32), ofPair(at + 64), ofPair(at + 96)));
  }
  if (at == end) return;
  const none = f32x4.splat(NaN);
  const second = at + 32 < end ? ofPair(at + 32) : none;
  const third = at + 64 < end ? ofPair(at + 64) : none;
  v128.store(to, highest(ofPair(at), second, third, none));
}

/** The higher of two blocks' bounds each. */
function ofPair(at: usize): v128 {
  return f32x4.pmax(v128.load(at), v128.load(at, 16));
}

/**
 * A bound that at least as many fours as items are wanted reach, and not many more: the wanted-th of the highest of groups, four times as many as that. They
 * are written behind the summary. Halving takes the same steps wherever the high ones stand; a list in order has to be rebuilt at moments no processor foretells.
 */
export function lastOfHighest(user: usize, blocks: u32, summary: usize): f32 {
  const wanted = load<u32>(user, wantedAt);
  const groups = summary + (vectorsOf(blocks) << 4);
  const end = writeGroups(summary, groups, max(vectorsOf(blocks) / <usize>wanted, 1));
  const enough = wanted + (wanted >> 3);
  let from = keyOf(-(<f32>Infinity));
  let to = keyOf(Infinity);
  while (from < to) {
    const middle = to - <i32>((<u32>(to - from)) >> 1);
    const count = countOf(groups, end, middle);
    if (count < wanted) {
      to = middle - 1;
      continue;
    }
    from = middle;
    if (count <= enough) break;
  }
  return reinterpret<f32>(from ^ (<i32>((<u32>(from >> 31)) >> 1)));
}

/** Float32 as whole numbers that have the same order; doing it again gives the bits back. */
function keyOf(value: f32): i32 {
  const bits = reinterpret<i32>(value);
  return bits ^ (<i32>((<u32>(bits >> 31)) >> 1));
}

/** Writes the highest of `size` vectors of the summary each, place by place, as such numbers. Returns their end. */
function writeGroups(summary: usize, groups: usize, size: usize): usize {
  let to = groups;
  for (let at = summary; at < groups; to += 16) {
    let most = f32x4.splat(-Infinity);
    for (const end = min(groups, at + (size << 4)); at < end; at += 16) most = f32x4.pmax(most, v128.load(at));
    v128.store(to, v128.xor(most, i32x4.shr_u(i32x4.shr_s(most, 31), 1)));
  }
  return to;
}

function countOf(groups: usize, end: usize, limit: i32): u32 {
  const limits = i32x4.splat(limit);
  let counts = i32x4.splat(0);
  for (let at = groups; at < end; at += 16) counts = i32x4.sub(counts, i32x4.ge_s(v128.load(at), limits));
  counts = i32x4.add(counts, v128.shuffle<u32>(counts, counts, 2, 3, 0, 1));
  return i32x4.extract_lane(counts, 0) + i32x4.extract_lane(counts, 1);
}
