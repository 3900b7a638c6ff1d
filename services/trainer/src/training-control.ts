import type { Checkpoint } from './checkpoints/checkpoint-store.ts';
import type { SweepControl } from './run-sweeps.ts';

export interface TrainingControl extends Omit<SweepControl, 'from' | 'onSweep'> {
  /** More than one: the sweeps of larger data are shared out among so many threads; this changes no bit of the model. */
  readonly threads?: number;
  /** Where sweeps are kept, and from where a training that was cut off goes on. */
  readonly checkpoints?: StageCheckpoints;
}

/** Checkpoints of one stage of a training. */
export interface StageCheckpoints {
  latest(length: number): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}
