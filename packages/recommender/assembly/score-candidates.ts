import { enter } from './keep-best';
import { emptyList, scoreEight } from './score-fours';
import { boundsAt, thresholdAt } from './user';

/**
 * The best items, exactly, from fours whose bounds are known. First those with the highest bounds, as many as items are wanted: the last score of their
 * list is a threshold that no wanted item is below. Then all fours whose bound reaches it, in ascending order, as if there were no others.
 */
export function scoreCandidates(user: usize, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  const first = lastOfHighest(user, blocks);
  scoreFrom(user, first, items, blocks, factors, scratch);
  const threshold = load<f32>(user, thresholdAt);
  if (threshold < first) scoreFrom(user, threshold, items, blocks, factors, scratch);
}

/** Of the highest bounds of eight fours each, the wanted-th: no more than the wanted-th of all, and nearly always that. The list serves for it. */
function lastOfHighest(user: usize, blocks: u32): f32 {
  let at: usize = load<u32>(user, boundsAt);
  emptyList(user);
  for (const end = at + ((<usize>blocks) << 4); at < end; at += 32) {
    const highest = f32x4.pmax(v128.load(at), v128.load(at, 16));
    if (!v128.any_true(f32x4.gt(highest, v128.load32_splat(user, thresholdAt)))) continue;
    const two = f32x4.pmax(highest, v128.shuffle<u32>(highest, highest, 2, 3, 0, 1));
    enter(user, max(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1)), 0);
  }
  return load<f32>(user, thresholdAt);
}

/** Scores the fours whose bound is at least `least`, and at least the last score of the list, which rises meanwhile. */
function scoreFrom(user: usize, least: f32, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  const bounds: usize = load<u32>(user, boundsAt);
  let limit = f32x4.splat(least);
  let waiting: u32 = 0;
  emptyList(user);
  for (let four: u32 = 0; four < blocks << 2; four += 8) {
    const at = bounds + ((<usize>four) << 2);
    const low = f32x4.ge(v128.load(at), limit);
    const high = f32x4.ge(v128.load(at, 16), limit);
    if (!v128.any_true(v128.or(low, high))) continue;
    for (let reached = i32x4.bitmask(low) | (i32x4.bitmask(high) << 4); reached != 0; reached &= reached - 1) {
      store<u32>(scratch + ((<usize>waiting) << 2), four + ctz(reached));
      if (++waiting < 8) continue;
      scoreEight(user, items, factors, 8, scratch);
      waiting = 0;
      limit = f32x4.splat(max(least, load<f32>(user, thresholdAt)));
    }
  }
  if (waiting == 0) return;
  // Less than eight: the places that are left score the first once more, and it is not looked at.
  for (let at = waiting; at < 8; at++) store<u32>(scratch + ((<usize>at) << 2), load<u32>(scratch));
  scoreEight(user, items, factors, waiting, scratch);
}
