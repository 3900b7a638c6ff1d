import {
  alsBlocks,
  alsHalves,
  createAlsRows,
  type AlsFactors,
  type AlsPlan,
  type AlsProgress,
  type AlsSide,
} from '@reelay/recommender';
import type { Checkpoint } from './checkpoints/checkpoint-store.ts';
import { letOthersRun } from './let-others-run.ts';

export interface SweepControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AlsProgress) => void;
  /** Item factors after some sweeps: all that the next one needs. */
  readonly from?: Checkpoint;
  /** Called after each sweep, and waited for. */
  readonly onSweep?: (checkpoint: Checkpoint) => Promise<void>;
}

/** Solves half a sweep and tells how many of its rows are done. */
export type SolveHalf = (side: AlsSide, onRows: (done: number) => void) => Promise<void>;

/**
 * The halves of a training in their order, from the beginning or from a checkpoint. A half solves every row anew from the other side alone, so
 * what follows a checkpoint has the bits of a training that was never cut off. Rejects with the reason of `signal`.
 */
export async function runSweeps(plan: AlsPlan, solveHalf: SolveHalf, control: SweepControl): Promise<AlsFactors> {
  const { signal, onProgress, from, onSweep } = control;
  const { settings, byUser, itemFactors, userFactors } = plan;
  const { sweeps } = settings;
  const rowsTotal = sweeps * (byUser.users + byUser.items) + byUser.users;
  const halvesDone = 2 * (from?.sweep ?? 0);
  let before = (halvesDone / 2) * (byUser.users + byUser.items);
  if (from) itemFactors.set(from.values);
  for (const [half, side] of alsHalves(settings).entries()) {
    if (half < halvesDone) continue;
    signal?.throwIfAborted();
    const sweep = Math.min(sweeps, (half >> 1) + 1);
    await solveHalf(side, (done) => onProgress?.({ sweep, sweeps, rowsDone: before + done, rowsTotal }));
    before += side === 'users' ? byUser.users : byUser.items;
    onProgress?.({ sweep, sweeps, rowsDone: before, rowsTotal });
    if (side === 'items') await onSweep?.({ sweep, values: itemFactors });
  }
  return { itemFactors, userFactors };
}

/** Solves in this thread, and lets others run between blocks of some milliseconds. */
export function createSolverHere(plan: AlsPlan, signal?: AbortSignal): SolveHalf {
  const rows = createAlsRows(plan);
  return async (side, onRows) => {
    rows.begin(side);
    for (const [from, to] of alsBlocks(plan, side)) {
      rows.solve(side, from, to);
      onRows(to);
      await letOthersRun(signal);
    }
  };
}
