import { admitEqual, emptyList } from './keep-best';
import { lastOfHighest, summarise } from './rank-bounds';
import { scoreEight } from './score-fours';
import { boundsAt, scaleAt, thresholdAt } from './user';

/** Where the summary of bounds stands in the scratch memory; `memory-plan.ts` has the same number. */
const summaryAt: usize = 192;

/**
 * The best items, exactly, from fours whose bounds are known. First those with the highest bounds, about as many as items are wanted: the last score of their
 * list is a threshold that no wanted item is below. Then all others whose bound reaches it. None is scored twice, so the second come out of order.
 */
export function scoreCandidates(user: usize, items: usize, blocks: u32, factors: u32, scratch: usize): void {
  summarise(user, blocks, scratch + summaryAt);
  const first = lastOfHighest(user, blocks, scratch + summaryAt);
  emptyList(user);
  scoreBetween(user, first, NaN, items, blocks, factors, scratch);
  const threshold = limitOf(user);
  if (threshold < first) {
    admitEqual(user);
    scoreBetween(user, threshold, first, items, blocks, factors, scratch);
  }
}

/** Scores the fours whose bound is at least `least` and does not reach `end` (NaN: nothing does), and at least the last score of the list, which rises meanwhile. */
function scoreBetween(
  user: usize,
  least: f32,
  end: f32,
  items: usize,
  blocks: u32,
  factors: u32,
  scratch: usize,
): void {
  const bounds: usize = load<u32>(user, boundsAt);
  const ends = f32x4.splat(end);
  let limit = f32x4.splat(least);
  let waiting: u32 = 0;
  for (let pair: u32 = 0; pair < blocks >> 1; pair += 4) {
    const some = f32x4.ge(v128.load(scratch + summaryAt + ((<usize>pair) << 2)), limit);
    if (!v128.any_true(some)) continue;
    for (let rest = i32x4.bitmask(some); rest != 0; rest &= rest - 1) {
      const four = (pair + ctz(rest)) << 3;
      const at = bounds + ((<usize>four) << 2);
      for (let left = between(at, limit, ends) | (between(at + 16, limit, ends) << 4); left != 0; left &= left - 1) {
        store<u32>(scratch + ((<usize>waiting) << 2), four + ctz(left));
        if (++waiting < 8) continue;
        scoreEight(user, items, factors, 8, scratch);
        waiting = 0;
        limit = f32x4.splat(max(least, limitOf(user)));
      }
    }
  }
  if (waiting == 0) return;
  // Less than eight: the places that are left score the first once more, and it is not looked at.
  for (let at = waiting; at < 8; at++) store<u32>(scratch + ((<usize>at) << 2), load<u32>(scratch));
  scoreEight(user, items, factors, waiting, scratch);
}

/** The last score of the list, in the unit of bounds. */
function limitOf(user: usize): f32 {
  return load<f32>(user, thresholdAt) / load<f32>(user, scaleAt);
}

/** Of four bounds, a bit for each that reaches `limit` and does not reach `end`. */
function between(at: usize, limit: v128, end: v128): i32 {
  const four = v128.load(at);
  return i32x4.bitmask(v128.andnot(f32x4.ge(four, limit), f32x4.ge(four, end)));
}
