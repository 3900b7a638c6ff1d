import { confidenceOf } from './confidence.ts';
import type { Evidence } from './confidence.ts';
import { createFoldIn } from './fold-in.ts';
import { assertModelArrays } from './model-arrays.ts';
import type { ModelArrays } from './model-arrays.ts';
import type { Objective } from './objective.ts';
import { assertCount, assertIndex, RecommenderError } from './recommender-error.ts';
import { scoreItems, standardise } from './scores.ts';
import { topK } from './top-k.ts';
import type { ScoredItem } from './top-k.ts';

/** One movie of a user's history; `index` is its place in the catalogue. */
export interface HistoryItem extends Evidence {
  readonly index: number;
}

export interface RecommendationRequest {
  /** What is folded in; also left out of the list. */
  readonly history: readonly HistoryItem[];
  /** Indexes of everything seen, older than the history too. */
  readonly seen: Iterable<number>;
  /** Demographic group; 0 where unknown. */
  readonly group: number;
  /** Length of the list; it is shorter where fewer items are left. */
  readonly count: number;
  /** Further indexes to leave out (rules, not history). */
  readonly exclude?: Iterable<number>;
  /** What was seen (`history` and `seen`) may be in the list again; `exclude` still holds. */
  readonly includeSeen?: boolean;
}

export interface Model {
  readonly items: number;
  /** Best first, ties by ascending index. The same request always gives the same list. Throws `REQUEST_INVALID`. */
  recommend(request: RecommendationRequest): ScoredItem[];
  /** One list a request, in their order; a bad request fails the batch, so check what comes from outside first. */
  recommendBatch(requests: readonly RecommendationRequest[]): ScoredItem[][];
}

/**
 * Scores the catalogue for a user: s = n/(n+k)·z(H·w) + k/(n+k)·z(prior of the group), z over all items, w folded in from the history of n
 * items, k = `objective.handOver`. A cold user (n = 0) gets the group's prior alone. Throws `MODEL_INVALID` for arrays that do not fit.
 */
export function createModel(arrays: ModelArrays & { readonly objective: Objective }): Model {
  assertModelArrays(arrays);
  const { catalogueSize: items, factors, itemFactors, groups, objective } = arrays;
  const foldIn = createFoldIn(itemFactors, factors, objective);
  const priors = standardisedPriors(arrays);
  // One set of scratch memory: calls are synchronous, so two never meet.
  const vector = new Float64Array(factors);
  const scores = new Float64Array(items);
  const excluded = new Uint8Array(items);

  const recommend = (request: RecommendationRequest): ScoredItem[] => {
    assertIndex(request.group, groups, 'group', 'REQUEST_INVALID');
    assertCount(request.count, 0, 'count', 'REQUEST_INVALID');
    const n = foldIn.solveInto(
      request.history.map((item) => weighted(item, objective)),
      vector,
    );
    scoreItems(itemFactors, vector, scores);
    standardise(scores);
    blend(scores, priors.subarray(request.group * items, (request.group + 1) * items), personalShare(n, objective));
    markExcluded(request, excluded);
    return topK(scores, request.count, excluded);
  };
  return { items, recommend, recommendBatch: (requests) => requests.map(recommend) };
}

/** n/(n+k), and 0 for an empty history even where k is 0. */
export function personalShare(n: number, objective: Objective): number {
  return n === 0 ? 0 : n / (n + objective.handOver);
}

function weighted(item: HistoryItem, objective: Objective): { index: number; confidence: number } {
  try {
    return { index: item.index, confidence: confidenceOf(item, objective) };
  } catch (cause) {
    throw new RecommenderError('REQUEST_INVALID', `item ${item.index} of the history is not usable`, { cause });
  }
}

function standardisedPriors({ catalogueSize, groups, priors }: ModelArrays): Float64Array {
  const standardised = Float64Array.from(priors);
  for (let group = 0; group < groups; group += 1) {
    standardise(standardised.subarray(group * catalogueSize, (group + 1) * catalogueSize));
  }
  return standardised;
}

function blend(scores: Float64Array, prior: Float64Array, share: number): void {
  for (let item = 0; item < scores.length; item += 1) {
    scores[item] = share * scores[item] + (1 - share) * prior[item];
  }
}

function markExcluded(
  { history, seen, exclude = [], includeSeen = false }: RecommendationRequest,
  excluded: Uint8Array,
): void {
  excluded.fill(0);
  if (!includeSeen) for (const { index } of history) excluded[index] = 1;
  for (const indexes of includeSeen ? [exclude] : [seen, exclude]) {
    for (const index of indexes) {
      assertIndex(index, excluded.length, 'item', 'REQUEST_INVALID');
      excluded[index] = 1;
    }
  }
}
