import { codeUser } from './code-user';
import { sortBest } from './keep-best';
import { scoreCandidates } from './score-candidates';
import { scoreAll } from './score-fours';
import { screenBlocks } from './screen';
import { screenTwo } from './screen-two';
import { scaleAt } from './user';

/** Blocks that all users go through before the next: 16 kB of codes at 64 factors, half of a small processor's nearest cache. */
const blocksAtOnce: u32 = 16;

/** Users that are screened for at once: each needs a place for its bounds. `memory-plan.ts` has the same number. */
const usersAtOnce: u32 = 16;

/** The best items for `count` users, whose records of `size` bytes stand one after the other. `scratch`: 160 bytes. */
export function scoreMany(
  users: usize,
  count: u32,
  size: u32,
  screen: usize,
  items: usize,
  blocks: u32,
  factors: u32,
  scratch: usize,
): void {
  for (let first: u32 = 0; first < count; first += usersAtOnce) {
    const from = users + <usize>first * size;
    const to = from + <usize>min(usersAtOnce, count - first) * size;
    for (let user = from; user < to; user += size) codeUser(user, screen, blocks, factors);
    screenUsers(from, to, size, screen, blocks, factors, scratch);
    for (let user = from; user < to; user += size) {
      if (load<f32>(user, scaleAt) > 0) scoreCandidates(user, items, blocks, factors, scratch);
      else scoreAll(user, items, blocks, factors, scratch);
      sortBest(user);
    }
  }
}

/** Some blocks for all users, two by two, then the next: codes are read from memory once. */
function screenUsers(
  users: usize,
  end: usize,
  size: u32,
  screen: usize,
  blocks: u32,
  factors: u32,
  scratch: usize,
): void {
  const step = users + 2 * <usize>size >= end ? blocks : blocksAtOnce;
  for (let from: u32 = 0; from < blocks; from += step) {
    const to = min(blocks, from + step);
    let waiting: usize = 0;
    for (let user = users; user < end; user += size) {
      if (!(load<f32>(user, scaleAt) > 0)) continue;
      if (waiting == 0) {
        waiting = user;
        continue;
      }
      screenTwo(waiting, user, screen, from, to, factors, scratch);
      waiting = 0;
    }
    if (waiting != 0) screenBlocks(waiting, screen, from, to, factors, scratch);
  }
}
