import {
  defaultObjective,
  type HistoryItem,
  type ModelBuild,
  type ScoredItem,
} from '../../packages/recommender/src/index.ts';
import { openKernels } from '../../packages/recommender/src/kernels/kernels.ts';
import { planMemory, userRecord } from '../../packages/recommender/src/kernels/memory-plan.ts';
import { packModel, type PackedModel } from '../../packages/recommender/src/kernels/pack-model.ts';
import { plainKernels } from '../../packages/recommender/src/kernels/plain-kernels.ts';
import { createUserScorer } from '../../packages/recommender/src/kernels/score-users.ts';
import { createVectorSolver } from '../../packages/recommender/src/kernels/solve-vector.ts';

export interface KernelsUnderTest {
  id: string;
  /** Makes the lists of the first `users` that were asked for last once more. */
  score(users: number): void;
  /** Solves the vector of a history. */
  foldIn(history: readonly HistoryItem[]): void;
  /** Whole answers: fold-in, exclusions, scores, lists. */
  recommendBatch(requests: readonly Question[]): ScoredItem[][];
}

export interface Question {
  history: HistoryItem[];
  seen: number[];
  group: number;
  count: number;
}

export interface DrawnModel {
  items: number;
  factors: number;
  itemFactors: Float32Array;
  priors: Float32Array;
}

const groups = 17;

/** A model of random numbers: of trained ones screening rules out more. */
export function drawModel(items: number, factors: number): DrawnModel {
  let state = 1;
  const draw = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
  return {
    items,
    factors,
    itemFactors: Float32Array.from({ length: items * factors }, draw),
    priors: Float32Array.from({ length: groups * items }, () => draw() ** 2),
  };
}

/** A user with `folded` items to fold in and `excluded` to leave out, these among them. */
export function questionOf(user: number, items: number, { folded = 50, excluded = 100, count = 20 } = {}): Question {
  const places = Array.from({ length: Math.min(excluded, items >> 1) }, (_, at) => (user * 7_919 + at * 263) % items);
  return {
    history: places.slice(0, folded).map((index) => ({ index, minutes: 30 + (index % 90), rating: index % 6 })),
    seen: places.slice(folded),
    group: user % groups,
    count,
  };
}

export function openKernelsUnderTest(model: DrawnModel, build: ModelBuild): KernelsUnderTest {
  const { items, factors } = model;
  const plan = planMemory({ items, factors, groups });
  const memory = new WebAssembly.Memory({ initial: plan.pages, maximum: plan.pages });
  const kernels = build === 'plain' ? plainKernels(memory) : openKernels(memory, build);
  const packed = { memory, plan, kernels };
  const objective = defaultObjective;
  const priorLargest = run(packModel(packed, { ...model, catalogueSize: items, groups, objective }));
  const scorer = createUserScorer(packed, { items, groups, objective, priorLargest });
  const solve = createVectorSolver(packed, items, objective);
  const begin = beginAgain(packed);
  return {
    id: kernels.id,
    score(users) {
      const { usersAt, screenAt, itemsAt, blocks, scratchAt } = plan;
      begin(users);
      kernels.scoreMany(usersAt, users, userRecord.bytes, screenAt, itemsAt, blocks, factors, scratchAt);
    },
    foldIn: (history) => void solve(history),
    recommendBatch: (requests) => scorer.recommendBatch(requests),
  };
}

/** Empties the lists of users whose records are written. */
function beginAgain({ memory, plan }: PackedModel): (users: number) => void {
  const u32 = new Uint32Array(memory.buffer);
  const f32 = new Float32Array(memory.buffer);
  return (users) => {
    for (let user = 0; user < users; user++) {
      const userAt = plan.usersAt + user * userRecord.bytes;
      u32[(userAt + userRecord.keptAt) / 4] = 0;
      f32[(userAt + userRecord.thresholdAt) / 4] = -Infinity;
    }
  };
}

function run<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
