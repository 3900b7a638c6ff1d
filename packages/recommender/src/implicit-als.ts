import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { transpose } from './interactions.ts';
import type { Interactions } from './interactions.ts';
import { defaultBuild, openKernels } from './kernels/kernels.ts';
import { createRowSolver, type RowSolver } from './kernels/row-solver.ts';
import { assertObjective } from './objective.ts';
import type { Objective } from './objective.ts';
import { assertCount, RecommenderError } from './recommender-error.ts';

export interface AlsSettings {
  readonly factors: number;
  /** Passes over all users and all items, at least 1. */
  readonly sweeps: number;
  readonly objective: Objective;
  /** Same interactions, settings and seed: the same factors, bit by bit. */
  readonly seed: number;
}

export interface AlsFactors {
  /** `items × factors`, row-major. */
  readonly itemFactors: Float32Array;
  /** `users × factors`, row-major; solved for the final item factors, so it equals the fold-in. */
  readonly userFactors: Float32Array;
}

/** `rowsDone` of `rowsTotal` rows (users and items, over all sweeps) are solved. */
export interface AlsProgress {
  readonly sweep: number;
  readonly sweeps: number;
  readonly rowsDone: number;
  readonly rowsTotal: number;
}

/**
 * Implicit matrix factorisation by alternating least squares (Rendle et al. 2021, after Hu, Koren and Volinsky 2008):
 * w_u = (α₀·HᵀH + Σ c·h·hᵀ + reg_u·I)⁻¹·Σ c·h, alternately for users and items. A row without interactions becomes 0.
 * Throws `DATA_INVALID` where there is nothing to learn from.
 */
export function trainImplicitAls(
  interactions: Interactions,
  settings: AlsSettings & { readonly onProgress?: (progress: AlsProgress) => void },
): AlsFactors {
  const steps = alsSteps(interactions, settings);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    settings.onProgress?.(step.value);
  }
}

/**
 * The same training, equal bit by bit, that lets others run between blocks of about a thousand rows and waits for `onProgress`.
 * Rejects with the reason of `signal` at the next block after its abort, or with what `onProgress` threw.
 */
export async function trainImplicitAlsAsync(
  interactions: Interactions,
  settings: AlsSettings & {
    readonly onProgress?: (progress: AlsProgress) => void | Promise<void>;
    readonly signal?: AbortSignal;
  },
): Promise<AlsFactors> {
  const steps = alsSteps(interactions, settings);
  for (;;) {
    settings.signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    await settings.onProgress?.(step.value);
    // A macrotask: timers and messages get their turn, which a promise alone would not give them.
    await new Promise<void>((resume) => void setImmediate(resume));
  }
}

/** Work between two yields, in interactions: some milliseconds at 32 factors. */
const blockInteractions = 4_000;

function* alsSteps(interactions: Interactions, settings: AlsSettings): Generator<AlsProgress, AlsFactors> {
  assertTrainable(interactions, settings);
  const { factors, sweeps, objective } = settings;
  const byItem = transpose(interactions);
  const itemFactors = drawFactors(interactions.items, factors, settings.seed);
  const userFactors = new Float32Array(interactions.users * factors);
  const halves: Half[] = [
    { matrix: interactions, fixed: itemFactors, free: userFactors },
    { matrix: byItem, fixed: userFactors, free: itemFactors },
  ];
  const rowsMax = Math.max(interactions.users, interactions.items);
  const solver = createRowSolver({ rowsMax, factors, objective }, (memory) => openKernels(memory, defaultBuild));
  const rowsTotal = sweeps * (interactions.users + interactions.items) + interactions.users;
  let rowsDone = 0;
  // One half more than the sweeps: users last, against the item factors that will be served.
  for (let half = 0; half <= 2 * sweeps; half += 1) {
    const sweep = Math.min(sweeps, (half >> 1) + 1);
    for (const rows of solveRows(halves[half % 2], factors, solver)) {
      rowsDone += rows;
      yield { sweep, sweeps, rowsDone, rowsTotal };
    }
  }
  return { itemFactors, userFactors };
}

interface Half {
  readonly matrix: Interactions;
  readonly fixed: Float32Array;
  readonly free: Float32Array;
}

/** Solves every row of `free`; yields how many were solved since the last yield. */
function* solveRows({ matrix, fixed, free }: Half, factors: number, solver: RowSolver): Generator<number> {
  const { item, confidence, userStart } = matrix;
  solver.fix(fixed);
  let rows = 0;
  let work = 0;
  for (let row = 0; row < matrix.users; row += 1) {
    const [start, end] = [userStart[row], userStart[row + 1]];
    solver.solve({ item, confidence, start, end }, free, row * factors);
    rows += 1;
    work += end - start + factors;
    if (work < blockInteractions && row + 1 < matrix.users) continue;
    yield rows;
    rows = 0;
    work = 0;
  }
}

/** N(0, 0.1/√factors), the start of Rendle et al.; Box and Muller's transform of uniform numbers. */
function drawFactors(rows: number, factors: number, seed: number): Float32Array {
  const generator = xoroshiro128plus(seed);
  const deviation = 0.1 / Math.sqrt(factors);
  return Float32Array.from({ length: rows * factors }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator)));
    return deviation * radius * Math.cos(2 * Math.PI * uniformFloat64(generator));
  });
}

function assertTrainable(interactions: Interactions, settings: AlsSettings): void {
  assertCount(settings.factors, 1, 'factors', 'DATA_INVALID');
  assertCount(settings.sweeps, 1, 'sweeps', 'DATA_INVALID');
  if (!Number.isInteger(settings.seed))
    throw new RecommenderError('DATA_INVALID', `seed ${settings.seed} is not an integer`);
  assertObjective(settings.objective);
  if (interactions.item.length === 0) throw new RecommenderError('DATA_INVALID', 'there is no interaction to train on');
}
