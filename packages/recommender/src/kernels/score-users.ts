import type { HistoryItem, ListedItem, RecommendationRequest } from '../model.ts';
import { personalShare, type Objective } from '../objective.ts';
import { createSourceNames, type PlacedUser } from '../ranking/name-source.ts';
import { createOwnPriors } from '../ranking/own-priors.ts';
import { assertCount, assertIndex, RecommenderError } from '../recommender-error.ts';
import { beginList } from './begin-list.ts';
import { batchListMax, userRecord } from './memory-plan.ts';
import type { PackedModel } from './pack-model.ts';
import { createVectorSolver } from './solve-vector.ts';

export interface UserScorer {
  recommend(request: RecommendationRequest): ListedItem[];
  recommendBatch(requests: readonly RecommendationRequest[]): ListedItem[][];
  vectorOf(history: readonly HistoryItem[]): Float32Array;
}

interface ScorerSettings {
  readonly items: number;
  readonly groups: number;
  readonly objective: Objective;
  /** Largest |z| by group, for the check against scores that are not finite. */
  readonly priorLargest: Float64Array;
  /** How much item weights count in the personal part of a score; absent where there are none. */
  readonly blend?: number | undefined;
}

/** Answers requests from a packed model. One set of scratch memory: calls are synchronous, so two never meet. */
export function createUserScorer(packed: PackedModel, settings: ScorerSettings): UserScorer {
  const { plan, kernels } = packed;
  const solveVector = createVectorSolver(packed, settings.items, settings.objective);
  const prepare = createPreparation(packed, settings, solveVector);
  const read = createReader(packed);
  const score = (slot: number, count: number, factors: number): void => {
    const { usersAt, screenAt, itemsAt, blocks, scratchAt } = plan;
    const { bytes } = userRecord;
    kernels.scoreMany(usersAt + slot * bytes, count, bytes, screenAt, itemsAt, blocks, factors, scratchAt);
  };
  // A cold user's vector is zero: leaving its products out changes no bit of a score.
  const listAlone = (slot: number, user: PlacedUser): ListedItem[] => {
    score(slot, 1, user.share === 0 ? 0 : plan.factors);
    return read(slot, user);
  };

  const recommend = (request: RecommendationRequest): ListedItem[] => {
    const user = prepare(0, request);
    return request.count === 0 ? [] : listAlone(0, user);
  };

  /** At most `plan.usersAtOnce` requests. */
  const recommendSome = (requests: readonly RecommendationRequest[]): ListedItem[][] => {
    const lists: ListedItem[][] = [];
    const together: { at: number; user: PlacedUser }[] = [];
    for (const [at, request] of requests.entries()) {
      const user = prepare(together.length, request);
      if (request.count === 0) lists[at] = [];
      else if (user.share === 0) lists[at] = listAlone(together.length, user);
      else together.push({ at, user });
    }
    score(0, together.length, plan.factors);
    for (const [slot, { at, user }] of together.entries()) lists[at] = read(slot, user);
    return lists;
  };

  const recommendBatch = (requests: readonly RecommendationRequest[]): ListedItem[][] => {
    if (requests.some(({ count }) => count > batchListMax)) return requests.map(recommend);
    const lists: ListedItem[][] = [];
    for (let first = 0; first < requests.length; first += plan.usersAtOnce)
      lists.push(...recommendSome(requests.slice(first, first + plan.usersAtOnce)));
    return lists;
  };
  const vectorOf = (history: readonly HistoryItem[]): Float32Array => {
    solveVector(history);
    return Float32Array.from(new Float64Array(packed.memory.buffer, plan.solvedAt, plan.factors));
  };
  return { recommend, recommendBatch, vectorOf };
}

/** Fills a user's record; returns what the scores will be made of. */
function createPreparation(
  packed: PackedModel,
  { items, groups, objective, priorLargest, blend }: ScorerSettings,
  solveVector: ReturnType<typeof createVectorSolver>,
) {
  const { memory, plan, kernels } = packed;
  const u8 = new Uint8Array(memory.buffer);
  const u32 = new Uint32Array(memory.buffer);
  const f32 = new Float32Array(memory.buffer);
  const ownPriorFor = blend === undefined ? undefined : createOwnPriors(packed, { items, blend, priorLargest });
  const heapBytes = 8 * Math.min(batchListMax, plan.places);

  return (slot: number, request: RecommendationRequest): PlacedUser => {
    const { group, count, history } = request;
    assertIndex(group, groups, 'group', 'REQUEST_INVALID');
    assertCount(count, 0, 'count', 'REQUEST_INVALID');
    const evidence = solveVector(history);
    const share = personalShare(evidence.count, objective);
    const own = share > 0 ? ownPriorFor?.(slot, { evidence, group, share }) : undefined;
    const userAt = beginList(u32, plan, { slot, wanted: Math.min(count, plan.places), heapBytes });
    u32[(userAt + userRecord.priorAt) / 4] = own ? own.at : plan.priorsAt + group * plan.places * 4;
    const { solvedAt, meansAt, largestAt, spreadAt, rightAt, factors, size } = plan;
    const [weight, largest] = own ? [own.factorShare, own.largest] : [share, priorLargest[group]];
    if (!kernels.place(userAt, solvedAt, weight, meansAt, largestAt, spreadAt, rightAt, factors, size, largest))
      throw new RecommenderError('NUMERIC_FAILURE', 'scores of this user could be infinite or not a number');
    if (own) {
      f32[(userAt + userRecord.priorWeightAt) / 4] = own.weight;
      f32[(userAt + userRecord.shiftAt) / 4] += own.shift;
    }
    markExcluded(request, { u8, from: u32[(userAt + userRecord.excludedAt) / 4], places: plan.places }, items);
    return { group, share, own };
  };
}

/** Where a user's bits stand, one an item. */
interface ExcludedBits {
  readonly u8: Uint8Array;
  readonly from: number;
  readonly places: number;
}

/** What lies behind the last item is left out, too. */
function markExcluded(request: RecommendationRequest, { u8, from, places }: ExcludedBits, items: number): void {
  const { history, seen, exclude = [], includeSeen = false } = request;
  u8.fill(0, from, from + places / 8);
  const mark = (index: number): void => void (u8[from + (index >> 3)] |= 1 << (index & 7));
  for (let index = items; index < places; index += 1) mark(index);
  if (!includeSeen) for (const { index } of history) mark(index);
  for (const indexes of includeSeen ? [exclude] : [seen, exclude]) {
    for (const index of indexes) {
      assertIndex(index, items, 'item', 'REQUEST_INVALID');
      mark(index);
    }
  }
}

function createReader(packed: PackedModel) {
  const { memory, plan } = packed;
  const u32 = new Uint32Array(memory.buffer);
  const f32 = new Float32Array(memory.buffer);
  const sourceOf = createSourceNames(packed);
  return (slot: number, user: PlacedUser): ListedItem[] => {
    const userAt = plan.usersAt + slot * userRecord.bytes;
    const heap = u32[(userAt + userRecord.heapAt) / 4] / 4;
    const list: ListedItem[] = [];
    for (let place = 0; place < u32[(userAt + userRecord.keptAt) / 4]; place += 1) {
      const [index, score] = [u32[heap + 2 * place + 1], f32[heap + 2 * place]];
      list.push({ index, score, source: sourceOf(user, index, score) });
    }
    return list;
  };
}
