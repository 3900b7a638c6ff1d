import { availableParallelism } from 'node:os';
import { defaultObjective } from '@reelay/recommender';
import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const weight = () => z.coerce.number().min(0).max(1_000);
const positive = () => z.coerce.number().positive().max(1_000);

/** Settings of the trainer. */
export const trainerConfig = z.object({
  LEDGER_URL: z.string().default('sqlite:.reelay/ledger.db'),
  ARTIFACTS_URL: z.string().default('file:.reelay/artifacts'),
  /** Threads of a training, by default all cores but one: somebody has to answer meanwhile. */
  TRAINING_THREADS: count(1, 64).default(Math.max(1, availableParallelism() - 1)),
  SEED: z.coerce.number().int().default(1),
  FACTORS: count(1, 512).default(32),
  SWEEPS: count(1, 100).default(8),
  ALPHA0: positive().default(defaultObjective.alpha0),
  /** Left out: chosen by the size of the data. */
  REGULARISATION: positive().optional(),
  MINUTES_WEIGHT: weight().default(defaultObjective.minutesWeight),
  RATING_WEIGHT: weight().default(defaultObjective.ratingWeight),
  CONFIDENCE_MAX: positive().default(defaultObjective.confidenceMax),
  HAND_OVER: weight().default(defaultObjective.handOver),
  GROUP_SHRINKAGE: weight().default(100),
  EVALUATION_USERS_MAX: count(1, 1_000_000).default(5_000),
  MIN_USERS: count(2, 1_000_000).default(20),
  MIN_ITEMS: count(2, 1_000_000).default(20),
  MIN_INTERACTIONS: count(2, 1_000_000_000).default(100),
  /** Trains by itself, once, when there is no version yet and the data is enough. */
  TRAIN_ON_START: z.stringbool().default(false),
  TRAIN_ON_START_POLL_MS: count(10, 600_000).default(5_000),
  ADMIN_PORT: count(0, 65_535).default(8092),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  STOP_WITHIN_MS: count(100, 600_000).default(5_000),
});

export type TrainerConfig = z.infer<typeof trainerConfig>;
