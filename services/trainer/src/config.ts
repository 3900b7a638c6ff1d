import { availableParallelism } from 'node:os';
import { defaultObjective } from '@reelay/recommender';
import { z } from 'zod';
import { defaultItemWeights } from './ranking/train-item-weights.ts';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const weight = () => z.coerce.number().min(0).max(1_000);
const positive = (most = 1_000) => z.coerce.number().positive().max(most);
const share = () => z.coerce.number().min(0).max(1);

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
  /** Item weights (EASE) beside the factors: over so many most watched items; 0: none. Memory grows with the square, seconds with the third power. */
  ITEM_WEIGHTS_ITEMS: count(0, 40_000).default(defaultItemWeights.itemsMax),
  /** Kept of each item, the largest: 4 bytes each in the artifact and in a worker. */
  ITEM_WEIGHTS_KEPT: count(1, 10_000).default(defaultItemWeights.weightsKept),
  /** λ in mean squares of the confidences, the hidden share p, and the exponent by which long histories count less. */
  ITEM_WEIGHTS_RIDGE: positive(1_000_000).default(defaultItemWeights.ridge),
  ITEM_WEIGHTS_DROPOUT: z.coerce.number().min(0).max(0.99).default(defaultItemWeights.dropout),
  ITEM_WEIGHTS_DAMPING: z.coerce.number().min(0).max(2).default(defaultItemWeights.userDamping),
  /** How much they count beside the factors, 0 to 1. Left out: chosen on validation users. */
  ITEM_WEIGHTS_SHARE: share().optional(),
  GROUP_SHRINKAGE: weight().default(100),
  EVALUATION_USERS_MAX: count(1, 1_000_000).default(5_000),
  MIN_USERS: count(2, 1_000_000).default(20),
  MIN_ITEMS: count(2, 1_000_000).default(20),
  MIN_INTERACTIONS: count(2, 1_000_000_000).default(100),
  /** Cron, UTC; `off`: only by volume or when asked. By default every second night. */
  TRAIN_SCHEDULE: z.string().default('0 3 */2 * *'),
  /** So many new ratings since the last snapshot start a training; 0: none does. */
  TRAIN_AFTER_RATINGS: count(0, 1_000_000_000).default(0),
  TRAIN_POLL_MS: count(10, 3_600_000).default(10_000),
  /** Only what was touched in so many days before the newest event; 0: everything. */
  TRAIN_WINDOW_DAYS: count(0, 36_500).default(0),
  /** A training that would need more is refused before it begins. */
  TRAINING_MB_MAX: count(1, 1_048_576).default(2_048),
  /** A training that a process was killed in goes on when the next one starts. */
  RESUME_ON_START: z.stringbool().default(true),
  /** Admin port of the release manager, which tells people of data that looks wrong and of crashes. */
  NOTICES_URL: z.url().optional(),
  /** Left out: `snapshots` and `checkpoints` beside the artifacts. */
  SNAPSHOTS_DIR: z.string().optional(),
  CHECKPOINTS_DIR: z.string().optional(),
  SNAPSHOT_PART_ROWS: count(1_000, 10_000_000).default(250_000),
  /** Snapshots kept besides those of the plan's versions. */
  SNAPSHOTS_KEEP: count(1, 10_000).default(10),
  /** Top of the scale; where it is not told, the largest that any line may have. */
  RATING_MAX: positive().default(10),
  QUALITY_MINUTES_MAX: positive(1_000_000).default(1_440),
  QUALITY_OUT_OF_RANGE_MAX: share().default(0.001),
  QUALITY_ROWS_KEPT_MIN: share().default(0.7),
  QUALITY_DETAILS_RISE_MAX: share().default(0.3),
  QUALITY_PSI_MAX: positive().default(0.25),
  QUALITY_EFFECT_MAX: share().default(0.25),
  QUALITY_ASSOCIATION_KEPT_MIN: share().default(0.5),
  /** Trains by itself, once, when there is no version yet and the data is enough. */
  TRAIN_ON_START: z.stringbool().default(false),
  TRAIN_ON_START_POLL_MS: count(10, 600_000).default(5_000),
  ADMIN_PORT: count(0, 65_535).default(8092),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  STOP_WITHIN_MS: count(100, 600_000).default(5_000),
});

export type TrainerConfig = z.infer<typeof trainerConfig>;
