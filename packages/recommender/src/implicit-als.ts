import { alsBlocks, alsHalves, createAlsRows, planAls, type AlsSettings } from './als-plan.ts';
import type { Interactions } from './interactions.ts';

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

function* alsSteps(interactions: Interactions, settings: AlsSettings): Generator<AlsProgress, AlsFactors> {
  const plan = planAls(interactions, settings);
  const { sweeps } = settings;
  const rows = createAlsRows(plan);
  const rowsTotal = sweeps * (interactions.users + interactions.items) + interactions.users;
  let rowsDone = 0;
  for (const [half, side] of alsHalves(settings).entries()) {
    const sweep = Math.min(sweeps, (half >> 1) + 1);
    rows.begin(side);
    for (const [from, to] of alsBlocks(plan, side)) {
      rows.solve(side, from, to);
      rowsDone += to - from;
      yield { sweep, sweeps, rowsDone, rowsTotal };
    }
  }
  return { itemFactors: plan.itemFactors, userFactors: plan.userFactors };
}
