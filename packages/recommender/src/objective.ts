import { RecommenderError } from './recommender-error.ts';

/**
 * What item factors are trained for; serving must fold in with the same values (Rendle et al. 2021, iALS):
 * min Σ c(1−w·h)² + α₀ Σ_all (w·h)² + reg·(n_u + α₀·|I|)^ν·‖w‖², and the same for items. Has the shape of the manifest's `objective`.
 */
export interface Objective {
  readonly name: 'ials';
  /** α₀, the weight of "not watched" on every pair; > 0. */
  readonly alpha0: number;
  /** reg; > 0. */
  readonly regularisation: number;
  /** ν: 0 is a plain ridge, 1 scales it by how often a row occurs. */
  readonly nu: number;
  readonly minutesWeight: number;
  readonly ratingWeight: number;
  readonly confidenceMax: number;
  /** k of the hand-over n/(n+k) from the group's prior to the personal score. */
  readonly handOver: number;
}

/** A sound start for a catalogue of some thousand titles and ratings from 1 to 5; validate on own data before trusting it. */
export const defaultObjective: Objective = {
  name: 'ials',
  alpha0: 0.1,
  regularisation: 0.025,
  nu: 1,
  minutesWeight: 0.4,
  ratingWeight: 0.1,
  confidenceMax: 2,
  handOver: 2,
};

/** Throws `DATA_INVALID` for values that leave the systems of this objective without a unique solution. */
export function assertObjective(objective: Objective): void {
  const { alpha0, regularisation, nu, minutesWeight, ratingWeight, confidenceMax, handOver } = objective;
  const positive = { alpha0, regularisation, confidenceMax };
  for (const [name, value] of Object.entries(positive)) {
    if (!Number.isFinite(value) || value <= 0)
      throw new RecommenderError('DATA_INVALID', `${name} ${value} is not a positive number`);
  }
  const notNegative = { nu, minutesWeight, ratingWeight, handOver };
  for (const [name, value] of Object.entries(notNegative)) {
    if (!Number.isFinite(value) || value < 0)
      throw new RecommenderError('DATA_INVALID', `${name} ${value} is not a number of at least 0`);
  }
}

/** reg·(n + α₀·others)^ν: the ridge of a row with `n` interactions among `others` columns. */
export function ridgeOf(objective: Objective, n: number, others: number): number {
  return objective.regularisation * (n + objective.alpha0 * others) ** objective.nu;
}

/** n/(n+k): how much the own history counts beside the group's prior; 0 for an empty history even where k is 0. */
export function personalShare(n: number, objective: Objective): number {
  return n === 0 ? 0 : n / (n + objective.handOver);
}
