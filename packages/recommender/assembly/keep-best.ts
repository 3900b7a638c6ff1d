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

/** Looks at `count` scores of which at least one is above the threshold. Ascending indexes, so of equal scores the first stay. */
export function offer(user: usize, scores: usize, first: u32, count: u32): void {
  const excluded: usize = load<u32>(user, excludedAt);
  const heap: usize = load<u32>(user, heapAt);
  const wanted = load<u32>(user, wantedAt);
  let kept = load<u32>(user, keptAt);
  let threshold = load<f32>(user, thresholdAt);
  for (let place: u32 = 0; place < count; place++) {
    const score = load<f32>(scores + ((<usize>place) << 2));
    if (!(score > threshold)) continue;
    const index = first + place;
    if ((load<u8>(excluded + (index >> 3)) >> ((<u8>index) & 7)) & 1) continue;
    const slot = kept < wanted ? heap + ((<usize>kept) << 3) : heap;
    store<f32>(slot, score);
    store<u32>(slot, index, 4);
    if (kept < wanted) siftUp(heap, kept++);
    else siftDown(heap, wanted);
    if (kept == wanted) threshold = load<f32>(heap);
  }
  store<u32>(user, kept, keptAt);
  store<f32>(user, threshold, thresholdAt);
}

/** Best first: takes the worst to the end, again and again. */
export function sortBest(user: usize): void {
  const heap: usize = load<u32>(user, heapAt);
  for (let size = load<u32>(user, keptAt); size > 1; size--) {
    swap(heap, heap + ((<usize>size - 1) << 3));
    siftDown(heap, size - 1);
  }
}
