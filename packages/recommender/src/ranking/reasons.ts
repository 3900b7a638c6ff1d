/** An item of the history and what it adds to the score of a recommended one; a model's contributions sum to that score. */
export interface Reason {
  readonly index: number;
  readonly contribution: number;
}

/** The `count` history items that add most; those that take away are no reasons. */
export const largestReasons = (reasons: readonly Reason[], count: number): Reason[] =>
  reasons
    .filter(({ contribution }) => contribution > 0)
    .sort((a, b) => b.contribution - a.contribution || a.index - b.index)
    .slice(0, count);
