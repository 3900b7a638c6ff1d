import type { Evidence } from './confidence.ts';
import { defaultBuild, openKernels, type KernelBuild, type Kernels } from './kernels/kernels.ts';
import { modelBytesMax, modelMemoryBytes, planMemory } from './kernels/memory-plan.ts';
import { packModel, type PackedModel } from './kernels/pack-model.ts';
import { plainKernels } from './kernels/plain-kernels.ts';
import { createUserScorer } from './kernels/score-users.ts';
import { assertShape } from './model-arrays.ts';
import type { ModelArrays } from './model-arrays.ts';
import { assertObjective, type Objective } from './objective.ts';
import { createListExplainer, type ListExplainer } from './ranking/explain-list.ts';
import { placeWeights } from './ranking/place-weights.ts';
import type { Source } from './ranking/sources.ts';
import { RecommenderError } from './recommender-error.ts';
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

/** An item of a list, and what added most to its score. */
export interface ListedItem extends ScoredItem {
  readonly source: Source;
}

export interface Model extends ListExplainer {
  readonly items: number;
  /** Names what computes: the first eight hex digits of the SHA-256 of the compiled kernels. */
  readonly kernelBuild: string;
  /** Best first, ties by ascending index. The same request always gives the same list. Throws `REQUEST_INVALID`. */
  recommend(request: RecommendationRequest): ListedItem[];
  /** One list a request, in their order, each the very one that the request would get alone. A bad request fails the batch. */
  recommendBatch(requests: readonly RecommendationRequest[]): ListedItem[][];
  /** The user's vector that lists are scored with; zeros for an empty history. Throws `REQUEST_INVALID`. */
  vectorOf(history: readonly HistoryItem[]): Float32Array;
}

/** `plain`: the kernels' twin in TypeScript; the same lists as `simd`, many times slower. */
export type ModelBuild = KernelBuild | 'plain';

type ScoredArrays = ModelArrays & { readonly objective: Objective };

/**
 * Scores the catalogue for a user: s = n/(n+k)·z(H·w) + k/(n+k)·z(prior of the group), z over all items, w folded in from the history of n
 * items, k = `objective.handOver`. With item weights B of share b, z(H·w) becomes (1 − b)·z(H·w) + b·z(x·B), x being the confidences of the history. A cold
 * user (n = 0) gets the group's prior alone. The fold-in is solved in float64, the scores are float32.
 *
 * The model lives in a WebAssembly memory of its own that goes with it; the arrays are not kept. Throws `MODEL_INVALID` for arrays that
 * do not fit, and for a model that is too large, before any memory is taken.
 */
export function createModel(arrays: ScoredArrays, build: ModelBuild = defaultBuild): Model {
  const steps = modelSteps(arrays, (memory) => kernelsOver(memory, build));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same model, made in steps of about a millisecond; others run in every `pause` between them. */
export async function createModelInSteps(
  arrays: ScoredArrays,
  { pause, build = defaultBuild }: { pause: () => Promise<unknown>; build?: ModelBuild },
): Promise<Model> {
  const steps = modelSteps(arrays, (memory) => kernelsOver(memory, build));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}

type KernelsOver = (memory: WebAssembly.Memory) => Kernels;

const kernelsOver = (memory: WebAssembly.Memory, build: ModelBuild): Kernels =>
  build === 'plain' ? plainKernels(memory) : openKernels(memory, build);

/** The making of a model over any kernels, so that checks can hand in broken ones. */
export function* modelSteps(arrays: ScoredArrays, kernelsOver: KernelsOver): Generator<void, Model> {
  assertShape(arrays);
  assertObjective(arrays.objective);
  const { catalogueSize: items, groups, objective } = arrays;
  const packed = allocate(arrays, kernelsOver);
  const priorLargest = yield* packModel(packed, arrays);
  const blend = arrays.blend && (yield* placeWeights(packed, arrays.blend));
  const scorer = createUserScorer(packed, { items, groups, objective, priorLargest, blend: blend?.share });
  const explainer = createListExplainer(packed, { items, objective, blend });
  return { items, kernelBuild: packed.kernels.id, ...scorer, ...explainer };
}

function allocate(
  { catalogueSize: items, factors, groups, blend }: ModelArrays,
  kernelsOver: KernelsOver,
): PackedModel {
  const shape = { items, factors, groups, weights: blend?.weights.target.length };
  const bytes = modelMemoryBytes(shape);
  const size = `a model of ${items} items, ${factors} factors and ${groups} groups takes ${bytes} bytes`;
  if (bytes > modelBytesMax)
    throw new RecommenderError('MODEL_INVALID', `${size}; at most ${modelBytesMax} can be had`);
  const plan = planMemory(shape);
  const memory = takeMemory(plan.pages, size);
  return { plan, memory, kernels: kernelsOver(memory) };
}

function takeMemory(pages: number, size: string): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new RecommenderError('MODEL_INVALID', `${size}, which this machine does not give`, { cause });
  }
}
