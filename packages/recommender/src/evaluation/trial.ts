/** What was tried on a validation slice, and what came of it. */
export interface Trial {
  readonly name: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** `ndcg@10` (larger is better) or `rmse` (smaller is better) on the validation slice. */
  readonly figure: 'ndcg@10' | 'rmse';
  readonly value: number;
  /** Of the training that the trial rests on. */
  readonly seconds: number;
}
