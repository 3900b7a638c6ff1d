import { equalAt, excludedAt, heapAt, keptAt, thresholdAt, wantedAt } from './user';

/** Entries are a score (float32) and an index. Whether one comes after another: its score is lower, or equal and its index higher. */
function follows(entry: usize, score: f32, index: u32): bool {
  const kept = load<f32>(entry);
  return kept < score || (kept == score && load<u32>(entry, 4) > index);
}

/** The root of a heap is the worst of the kept. */
function isWorse(a: usize, b: usize): bool {
  return follows(a, load<f32>(b), load<u32>(b, 4));
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

/** Puts a score in its place; where the list is full, the last falls out. Returns the new length. */
function insert(list: usize, kept: u32, wanted: u32, score: f32, index: u32): u32 {
  const length = min(kept + 1, wanted);
  let slot = list + ((<usize>length - 1) << 3);
  for (; slot > list && follows(slot - 8, score, index); slot -= 8) store<u64>(slot, load<u64>(slot - 8));
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

/** The last entry of a full list. */
function lastOf(list: usize, wanted: u32): usize {
  return wanted <= orderedMax ? list + ((<usize>wanted - 1) << 3) : list;
}

export function emptyList(user: usize): void {
  store<u32>(user, 0, keptAt);
  store<u32>(user, 0, equalAt);
  store<f32>(user, -(<f32>Infinity), thresholdAt);
}

/** From now on items may come whose index is lower than those of the list: one that equals the last is looked at, too. */
export function admitEqual(user: usize): void {
  store<u32>(user, 1, equalAt);
  store<f32>(user, below(load<f32>(user, thresholdAt)), thresholdAt);
}

/** The next smaller float32; −∞ is its own. */
function below(value: f32): f32 {
  if (value == -(<f32>Infinity)) return value;
  const bits = reinterpret<i32>(value);
  return value == 0 ? reinterpret<f32>(0x80000001) : reinterpret<f32>(bits + (bits > 0 ? -1 : 1));
}

/** Looks at the scores that stand at `scores` and are marked in `above`, a bit each. Of equal ones those of the lowest indexes stay. */
export function offer(user: usize, scores: usize, first: u32, above: u32): void {
  const excluded: usize = load<u32>(user, excludedAt);
  const list: usize = load<u32>(user, heapAt);
  const wanted = load<u32>(user, wantedAt);
  const last = lastOf(list, wanted);
  let kept = load<u32>(user, keptAt);
  let threshold = load<f32>(user, thresholdAt);
  for (let rest = above; rest != 0; rest &= rest - 1) {
    const place = ctz(rest);
    const index = first + place;
    const score = load<f32>(scores + ((<usize>place) << 2));
    if (!(score > threshold) || (load<u8>(excluded + (index >> 3)) >> ((<u8>index) & 7)) & 1) continue;
    if (kept == wanted && !follows(last, score, index)) continue;
    kept = keep(list, kept, wanted, score, index);
    if (kept == wanted) threshold = load<u32>(user, equalAt) ? below(load<f32>(last)) : load<f32>(last);
  }
  store<u32>(user, kept, keptAt);
  store<f32>(user, threshold, thresholdAt);
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
