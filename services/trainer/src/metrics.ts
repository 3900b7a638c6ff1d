import { Counter, Gauge, Histogram, type Registry } from '@reelay/shared/observability';
import { trainingSteps } from './run-training.ts';

/** Ends of a training. */
const trainingOutcomes = [
  'published',
  'not_enough_data',
  'data_suspect',
  'too_large',
  'cancelled',
  'stopped',
  'failed',
] as const;
export type TrainingOutcome = (typeof trainingOutcomes)[number];

export type TrainerMetrics = ReturnType<typeof createTrainerMetrics>;

export const createTrainerMetrics = (registry: Registry) => {
  const registers = [registry];
  return {
    trainings: new Counter({
      name: 'reelay_trainer_trainings_total',
      help: `Trainings by outcome: ${trainingOutcomes.join(', ')}.`,
      labelNames: ['outcome'] as const,
      registers,
    }),
    duration: new Histogram({
      name: 'reelay_trainer_training_seconds',
      help: 'Time from the snapshot to the published version.',
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200],
      registers,
    }),
    progress: new Gauge({
      name: 'reelay_trainer_step_done_ratio',
      help: `How far each step of the training in hand is, 0 to 1: ${trainingSteps.join(', ')}.`,
      labelNames: ['step'] as const,
      registers,
    }),
    memory: new Gauge({
      name: 'reelay_trainer_memory_estimated_bytes',
      help: 'Memory that the last training was estimated to take, from above.',
      registers,
    }),
    rows: new Gauge({
      name: 'reelay_trainer_snapshot_rows',
      help: 'Interactions in the last snapshot that passed its checks.',
      registers,
    }),
    publishedAt: new Gauge({
      name: 'reelay_trainer_published_timestamp_seconds',
      help: 'When this process last published a version, seconds since 1970; 0 before.',
      registers,
    }),
    quality: new Gauge({
      name: 'reelay_trainer_hold_out_quality',
      help: 'Figures of the last published version on its hold-out, by measure; absent where not measured.',
      labelNames: ['measure'] as const,
      registers,
    }),
    published: new Gauge({
      name: 'reelay_trainer_version_info',
      help: 'The last published version, always 1.',
      labelNames: ['version', 'commit'] as const,
      registers,
    }),
  };
};
