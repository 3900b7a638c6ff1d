import { excludedAt, heapAt, keptAt, thresholdAt, wantedAt } from './user';

/** An entry of the heap: score (float32), then index. The root is the worst of the kept: the lowest score, of equal ones the highest index. */
function isWorse(a: usize, b: usize): bool {
  const left = load<f32>(a);
  const right = load<f32>(b);
  return left < right || (left == right && load<u32>(a, 4) > load<u32>(b, 4));
}

function swap(a: usize, b: usize): void {
  const kept = load<u64>(a);
  store<u64>(a, load<u64>(b));
  store<u64>(b, kept);
}

function siftUp(heap: usize, from: u32): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(heap + ((<usize>at) << 3), heap + ((<usize>parent) << 3))) return;
    swap(heap + ((<usize>at) << 3), heap + ((<usize>parent) << 3));
    at = parent;
  }
}

function siftDown(heap: usize, size: u32): void {
  let at: u32 = 0;
  for (;;) {
    const left: u32 = 2 * at + 1;
    let worst = at;
    if (left < size && isWorse(heap + ((<usize>left) << 3), heap + ((<usize>worst) << 3))) worst = left;
    if (left + 1 < size && isWorse(heap + ((<usize>left + 1) << 3), heap + ((<usize>worst) << 3))) worst = left + 1;
    if (worst == at) return;
    swap(heap + ((<usize>at) << 3), heap + ((<usize>worst) << 3));
    at = worst;
  }
}

/** Up to this length a list is kept in order: moving some entries costs less than a heap's comparisons, which no processor foretells. */
const orderedMax: u32 = 64;

/** Puts a score in its place, behind those that equal it; where the list is full, the last falls out. Returns the new length. */
function insert(list: usize, kept: u32, wanted: u32, score: f32, index: u32): u32 {
  const length = min(kept + 1, wanted);
  let slot = list + ((<usize>length - 1) << 3);
  for (; slot > list && load<f32>(slot - 8) < score; slot -= 8) store<u64>(slot, load<u64>(slot - 8));
  store<f32>(slot, score);
  store<u32>(slot, index, 4);
  return length;
}

/** The same for a heap. */
function push(heap: usize, kept: u32, wanted: u32, score: f32, index: u32): u32 {
  const slot = kept < wanted ? heap + ((<usize>kept) << 3) : heap;
  store<f32>(slot, score);
  store<u32>(slot, index, 4);
  if (kept == wanted) {
    siftDown(heap, wanted);
    return kept;
  }
  siftUp(heap, kept);
  return kept + 1;
}

/** Puts a score into the list, whichever way its length has it kept. Returns the new length. */
function keep(list: usize, kept: u32, wanted: u32, score: f32, index: u32): u32 {
  return wanted <= orderedMax ? insert(list, kept, wanted, score, index) : push(list, kept, wanted, score, index);
}

/** The lowest score of a full list. */
function lastOf(list: usize, wanted: u32): f32 {
  return load<f32>(wanted <= orderedMax ? list + ((<usize>wanted - 1) << 3) : list);
}

/** Looks at the scores that stand at `scores` and are marked in `above`, a bit each. Ascending indexes, so of equal scores the first stay. */
export function offer(user: usize, scores: usize, first: u32, above: u32): void {
  const excluded: usize = load<u32>(user, excludedAt);
  const list: usize = load<u32>(user, heapAt);
  const wanted = load<u32>(user, wantedAt);
  let kept = load<u32>(user, keptAt);
  let threshold = load<f32>(user, thresholdAt);
  for (let rest = above; rest != 0; rest &= rest - 1) {
    const place = ctz(rest);
    const index = first + place;
    const score = load<f32>(scores + ((<usize>place) << 2));
    if (!(score > threshold) || (load<u8>(excluded + (index >> 3)) >> ((<u8>index) & 7)) & 1) continue;
    kept = keep(list, kept, wanted, score, index);
    if (kept == wanted) threshold = lastOf(list, wanted);
  }
  store<u32>(user, kept, keptAt);
  store<f32>(user, threshold, thresholdAt);
}

/** Takes one number and its index; of equal ones the first stay. */
export function enter(user: usize, score: f32, index: u32): void {
  if (!(score > load<f32>(user, thresholdAt))) return;
  const list: usize = load<u32>(user, heapAt);
  const wanted = load<u32>(user, wantedAt);
  const kept = keep(list, load<u32>(user, keptAt), wanted, score, index);
  store<u32>(user, kept, keptAt);
  if (kept == wanted) store<f32>(user, lastOf(list, wanted), thresholdAt);
}

/** Best first: takes the worst to the end, again and again. */
export function sortBest(user: usize): void {
  if (load<u32>(user, wantedAt) <= orderedMax) return;
  const heap: usize = load<u32>(user, heapAt);
  for (let size = load<u32>(user, keptAt); size > 1; size--) {
    swap(heap, heap + ((<usize>size - 1) << 3));
    siftDown(heap, size - 1);
  }
}
