import type { TrainingProgress } from '@reelay/trainer';
import { createProgress, type Progress } from './progress.ts';

/** A bar for each step of a training. */
export function createTrainingProgress(): { update(progress: TrainingProgress): void; end(): void } {
  let step: string | undefined;
  let bar: Progress | undefined;
  return {
    update(progress) {
      if (progress.step !== step) {
        bar?.end();
        step = progress.step;
        bar = createProgress(`training: ${step}`.padEnd(20));
      }
      bar?.update(Math.round(100 * progress.done), 100);
    },
    end: () => bar?.end(),
  };
}
