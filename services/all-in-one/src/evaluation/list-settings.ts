/** What can be chosen of the models of lists. */
export interface ListSettings {
  /** Implicit factors. */
  factors: number;
  sweeps: number;
  alpha0: number;
  regularisation: number;
  /** λ of the item weights, and how much long histories count less. */
  ridge: number;
  userDamping: number;
  /** λ of what comes next, and after how many newer items an older one counts half. */
  nextRidge: number;
  nextHalfLife: number;
}

/** Sound for MovieLens 1M; `--search` tries others on the data at hand. */
export const defaultListSettings: ListSettings = {
  factors: 128,
  sweeps: 8,
  alpha0: 0.2,
  regularisation: 0.01,
  ridge: 50,
  userDamping: 0.5,
  nextRidge: 50,
  nextHalfLife: 3,
};
