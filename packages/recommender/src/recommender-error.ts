/**
 * - `DATA_INVALID`: rows, ratings or parameters to train or evaluate on are not usable.
 * - `MODEL_INVALID`: arrays of a model do not fit each other or hold a number that is not finite.
 * - `REQUEST_INVALID`: a history, group or count that this model cannot answer.
 * - `NUMERIC_FAILURE`: a linear system had no solution; its inputs passed the checks, so the objective is at fault.
 */
export type RecommenderErrorCode = 'DATA_INVALID' | 'MODEL_INVALID' | 'REQUEST_INVALID' | 'NUMERIC_FAILURE';

/** Every error of this package. The same input fails again: a retry never helps. */
export class RecommenderError extends Error {
  override readonly name = 'RecommenderError';
  readonly retryable = false;
  readonly code: RecommenderErrorCode;

  constructor(code: RecommenderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws unless `value` is an integer in `[0, limit)`. */
export function assertIndex(value: number, limit: number, name: string, code: RecommenderErrorCode): void {
  if (!Number.isInteger(value) || value < 0 || value >= limit) {
    throw new RecommenderError(code, `${name} ${value} is not an integer from 0 to ${limit - 1}`);
  }
}

/** Throws unless `value` is an integer of at least `least`. */
export function assertCount(value: number, least: number, name: string, code: RecommenderErrorCode): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RecommenderError(code, `${name} ${value} is not an integer of at least ${least}`);
  }
}

/** Throws unless `value` is finite and at least 0. */
export function assertNotNegative(value: number, name: string, code: RecommenderErrorCode): void {
  if (!Number.isFinite(value) || value < 0)
    throw new RecommenderError(code, `${name} ${value} is not a number of at least 0`);
}
