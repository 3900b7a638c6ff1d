import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { transpose } from './interactions.ts';
import type { Interactions } from './interactions.ts';
import { defaultBuild, openKernels } from './kernels/kernels.ts';
import { createRowSolver } from './kernels/row-solver.ts';
import { assertObjective, type Objective } from './objective.ts';
import { assertCount, RecommenderError } from './recommender-error.ts';
import { share, shareInteractions } from './share-memory.ts';

export interface AlsSettings {
  readonly factors: number;
  /** Passes over all users and all items, at least 1. */
  readonly sweeps: number;
  readonly objective: Objective;
  /** Same interactions, settings and seed: the same factors, bit by bit. */
  readonly seed: number;
}

/** A training before its first sweep. Only numbers in arrays, so it can be sent to threads; with `shared` they see one memory. */
export interface AlsPlan {
  readonly settings: AlsSettings;
  readonly byUser: Interactions;
  readonly byItem: Interactions;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
}

/** The rows that are solved in half a sweep, against the other side. */
export type AlsSide = 'users' | 'items';

/** Users first; one half more than the sweeps: users last, against the item factors that will be served. */
export const alsHalves = ({ sweeps }: AlsSettings): AlsSide[] =>
  Array.from({ length: 2 * sweeps + 1 }, (_, half) => (half % 2 === 0 ? 'users' : 'items'));

/** Throws `DATA_INVALID` where there is nothing to learn from. `shared`: all arrays in memory that threads share. */
export function planAls(interactions: Interactions, settings: AlsSettings, { shared = false } = {}): AlsPlan {
  assertTrainable(interactions, settings);
  const own = {
    byUser: interactions,
    byItem: transpose(interactions),
    userFactors: new Float32Array(interactions.users * settings.factors),
    itemFactors: drawFactors(interactions.items, settings.factors, settings.seed),
  };
  if (!shared) return { settings, ...own };
  return {
    settings,
    byUser: shareInteractions(own.byUser),
    byItem: shareInteractions(own.byItem),
    userFactors: share(own.userFactors),
    itemFactors: share(own.itemFactors),
  };
}

/** Solves rows of a plan; a thread has its own. Every row is solved alone, so who solves it and when changes no bit. */
export interface AlsRows {
  /** Before the first rows of half a sweep: the other side is as it will stay meanwhile. */
  begin(side: AlsSide): void;
  solve(side: AlsSide, from: number, to: number): void;
}

export function createAlsRows({ settings, byUser, byItem, userFactors, itemFactors }: AlsPlan): AlsRows {
  const { factors, objective } = settings;
  const rowsMax = Math.max(byUser.users, byItem.users);
  const solver = createRowSolver({ rowsMax, factors, objective }, (memory) => openKernels(memory, defaultBuild));
  return {
    begin: (side) => solver.fix(side === 'users' ? itemFactors : userFactors),
    solve(side, from, to) {
      const { item, confidence, userStart } = side === 'users' ? byUser : byItem;
      const free = side === 'users' ? userFactors : itemFactors;
      for (let row = from; row < to; row += 1) {
        solver.solve({ item, confidence, start: userStart[row], end: userStart[row + 1] }, free, row * factors);
      }
    },
  };
}

/** Work between two pauses of a thread that has more to do, in interactions: some milliseconds at 64 factors. */
const blockInteractions = 4_000;

/** Half a sweep in runs of rows of about `blockInteractions`; a system costs about as much as its factors in interactions. */
export function* alsBlocks({ settings, byUser, byItem }: AlsPlan, side: AlsSide): Generator<[number, number]> {
  const { users, userStart } = side === 'users' ? byUser : byItem;
  let from = 0;
  let work = 0;
  for (let row = 0; row < users; row += 1) {
    work += userStart[row + 1] - userStart[row] + settings.factors;
    if (work < blockInteractions && row + 1 < users) continue;
    yield [from, row + 1];
    from = row + 1;
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
