import type { RecommendationRequest } from '../model.ts';
import { personalShare, type Objective } from '../objective.ts';
import { assertCount, assertIndex, RecommenderError } from '../recommender-error.ts';
import type { ScoredItem } from '../top-k.ts';
import { batchListMax, userRecord, usersAtOnce } from './memory-plan.ts';
import type { PackedModel } from './pack-model.ts';
import { scoreAlone } from './score-alone.ts';
import { createVectorSolver } from './solve-vector.ts';

export interface UserScorer {
  recommend(request: RecommendationRequest): ScoredItem[];
  recommendBatch(requests: readonly RecommendationRequest[]): ScoredItem[][];
}

interface ScorerSettings {
  readonly items: number;
  readonly groups: number;
  readonly objective: Objective;
  /** Largest |z| by group, for the check against scores that are not finite. */
  readonly priorLargest: Float64Array;
}

/** Answers requests from a packed model. One set of scratch memory: calls are synchronous, so two never meet. */
export function createUserScorer(packed: PackedModel, settings: ScorerSettings): UserScorer {
  const { plan, kernels } = packed;
  const prepare = createPreparation(packed, settings);
  const read = createReader(packed);
  const recordAt = (slot: number): number => plan.usersAt + slot * userRecord.bytes;
  const listAlone = (slot: number, factors: number): ScoredItem[] => {
    scoreAlone(packed, recordAt(slot), factors);
    return read(slot);
  };

  const recommend = (request: RecommendationRequest): ScoredItem[] => {
    // A cold user's vector is zero: leaving its products out changes no bit of a score.
    const factors = prepare(0, request) === 0 ? 0 : plan.factors;
    return request.count === 0 ? [] : listAlone(0, factors);
  };

  /** At most `usersAtOnce` requests. */
  const recommendSome = (requests: readonly RecommendationRequest[]): ScoredItem[][] => {
    const lists: ScoredItem[][] = [];
    const together: number[] = [];
    for (const [at, request] of requests.entries()) {
      const n = prepare(together.length, request);
      if (request.count === 0) lists[at] = [];
      else if (n === 0) lists[at] = listAlone(together.length, 0);
      else together.push(at);
    }
    const { usersAt, itemsAt, blocks, factors, scratchAt } = plan;
    kernels.scoreMany(usersAt, together.length, userRecord.bytes, itemsAt, blocks, factors, scratchAt);
    for (const [slot, at] of together.entries()) lists[at] = read(slot);
    return lists;
  };

  const recommendBatch = (requests: readonly RecommendationRequest[]): ScoredItem[][] => {
    if (requests.some(({ count }) => count > batchListMax)) return requests.map(recommend);
    const lists: ScoredItem[][] = [];
    for (let first = 0; first < requests.length; first += usersAtOnce)
      lists.push(...recommendSome(requests.slice(first, first + usersAtOnce)));
    return lists;
  };
  return { recommend, recommendBatch };
}

/** Fills a user's record; returns of how many items the user's vector is made. */
function createPreparation(packed: PackedModel, { items, groups, objective, priorLargest }: ScorerSettings) {
  const { memory, plan, kernels } = packed;
  const u32 = new Uint32Array(memory.buffer);
  const f32 = new Float32Array(memory.buffer);
  const solveVector = createVectorSolver(packed, items, objective);
  const heapBytes = 8 * Math.min(batchListMax, plan.places);

  return (slot: number, request: RecommendationRequest): number => {
    const { group, count, history } = request;
    assertIndex(group, groups, 'group', 'REQUEST_INVALID');
    assertCount(count, 0, 'count', 'REQUEST_INVALID');
    const n = solveVector(history);
    const userAt = plan.usersAt + slot * userRecord.bytes;
    const excludedAt = plan.excludedAt + (slot * plan.places) / 8;
    u32[(userAt + userRecord.vectorAt) / 4] = plan.vectorsAt + slot * plan.factors * 4;
    u32[(userAt + userRecord.priorAt) / 4] = plan.priorsAt + group * plan.places * 4;
    u32[(userAt + userRecord.excludedAt) / 4] = excludedAt;
    u32[(userAt + userRecord.heapAt) / 4] = plan.heapsAt + slot * heapBytes;
    u32[(userAt + userRecord.wantedAt) / 4] = Math.min(count, plan.places);
    u32[(userAt + userRecord.keptAt) / 4] = 0;
    f32[(userAt + userRecord.thresholdAt) / 4] = -Infinity;
    const { solvedAt, meansAt, largestAt, spreadAt, rightAt, factors, size } = plan;
    const share = personalShare(n, objective);
    const largest = priorLargest[group];
    if (!kernels.place(userAt, solvedAt, share, meansAt, largestAt, spreadAt, rightAt, factors, size, largest))
      throw new RecommenderError('NUMERIC_FAILURE', 'scores of this user could be infinite or not a number');
    markExcluded(request, new Uint8Array(memory.buffer, excludedAt, plan.places / 8), items);
    return n;
  };
}

/** One bit an item; what lies behind the last item is left out, too. */
function markExcluded(request: RecommendationRequest, bits: Uint8Array, items: number): void {
  const { history, seen, exclude = [], includeSeen = false } = request;
  bits.fill(0);
  const mark = (index: number): void => void (bits[index >> 3] |= 1 << (index & 7));
  for (let index = items; index < bits.length * 8; index += 1) mark(index);
  if (!includeSeen) for (const { index } of history) mark(index);
  for (const indexes of includeSeen ? [exclude] : [seen, exclude]) {
    for (const index of indexes) {
      assertIndex(index, items, 'item', 'REQUEST_INVALID');
      mark(index);
    }
  }
}

function createReader({ memory, plan }: PackedModel) {
  const u32 = new Uint32Array(memory.buffer);
  const f32 = new Float32Array(memory.buffer);
  return (slot: number): ScoredItem[] => {
    const userAt = plan.usersAt + slot * userRecord.bytes;
    const heap = u32[(userAt + userRecord.heapAt) / 4] / 4;
    const list: ScoredItem[] = [];
    for (let place = 0; place < u32[(userAt + userRecord.keptAt) / 4]; place += 1)
      list.push({ index: u32[heap + 2 * place + 1], score: f32[heap + 2 * place] });
    return list;
  };
}
