/** One run of a measure. */
export interface QualityRun {
  readonly value: number;
  /** Of training, with everything that was chosen for it, and of prediction. */
  readonly seconds: number;
  readonly configuration: string;
}

/** A measure with the value that is accepted and the one that is wanted. */
export interface QualityRow {
  readonly name: string;
  readonly measure: string;
  readonly better: 'lower' | 'higher';
  readonly accept: number;
  readonly goal: number;
  run(seed: number, tell: (progress: string) => void): Promise<QualityRun>;
}
