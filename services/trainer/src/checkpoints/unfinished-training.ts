import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TrainingSettings } from '../settings.ts';

/** `training.json`: a training that began. It stays where the process is killed, and goes with every other end. */
export const unfinishedTraining = z.object({
  key: z.string(),
  dataVersion: z.string(),
  /** Times that a process took it up. */
  starts: z.number().int().positive(),
});
export type UnfinishedTraining = z.infer<typeof unfinishedTraining>;

/** Everything that decides the bits of a model: a checkpoint is only good for a training with the same name. 32 hex digits. */
export function trainingKey(dataVersion: string, settings: TrainingSettings, gitCommit: string): string {
  const whole = JSON.stringify([1, dataVersion, settings, gitCommit]);
  return createHash('sha256').update(whole).digest('hex').slice(0, 32);
}
