import { availableParallelism } from 'node:os';
import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const fraction = z.coerce.number().gt(0).max(1);
const urls = z.string().transform((text) =>
  text
    .split(',')
    .map((url) => url.trim())
    .filter(Boolean),
);

/** Settings of the autoscaler. Times in milliseconds unless the name says otherwise. */
export const autoscalerConfig = z
  .object({
    QUEUE_URL: z.string().default('memory:'),
    /** Where the plan is heard: while a canary runs, each slot has a worker. */
    REDIS_URL: z.string().default('memory:'),
    NAMESPACE: z.string().default('reelay'),
    /** Base URLs of the gateways' admin ports, separated by commas. */
    GATEWAY_ADMIN_URLS: urls.default(['http://127.0.0.1:8092']),
    /** Records of the workers of this host; the same for every autoscaler of a platform. */
    WORKERS_DIR: z.string().default('.reelay/workers'),
    /** The worker's `main.ts`. */
    WORKER_PROGRAM: z.string(),
    /** Where the workers' log goes. */
    LOG_DIR: z.string().default('.reelay/logs'),
    /** Bounds of the workers that answer single requests. */
    WORKERS_MIN: count(0, 1_000).default(1),
    WORKERS_MAX: count(1, 1_000).default(8),
    /** Bounds of the workers that do slices of batch jobs; by default one core is left to single requests. */
    BATCH_WORKERS_MIN: count(0, 1_000).default(0),
    BATCH_WORKERS_MAX: count(0, 1_000).default(Math.max(1, availableParallelism() - 1)),
    /** How often the signals are read. */
    SAMPLE_MS: count(100, 60_000).default(1_000),
    /** Signals cover this time. */
    WINDOW_MS: count(100, 600_000).default(2_000),
    /** At most one change of a pool in this time. */
    CHANGE_INTERVAL_MS: count(100, 3_600_000).default(5_000),
    /** Fewer workers only after this time without need of more. */
    COOL_DOWN_MS: count(0, 86_400_000).default(30_000),
    TARGET_BUSY: fraction.default(0.7),
    UP_BUSY: fraction.default(0.8),
    DOWN_BUSY: fraction.default(0.6),
    LATE_SHARE_MAX: z.coerce.number().min(0).max(1).default(0.01),
    /** A waiting backlog is to be gone after this: of single requests, whose callers wait, and of batch slices. */
    CLEAR_WITHIN_SECONDS: z.coerce.number().gt(0).default(1),
    BATCH_CLEAR_WITHIN_SECONDS: z.coerce.number().gt(0).default(60),
    /** A draining worker that is still there after this is ended. */
    DRAIN_WITHIN_MS: count(100, 600_000).default(12_000),
    ADMIN_PORT: count(0, 65_535).default(8095),
    ADMIN_HOST: z.string().default('127.0.0.1'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    STOP_WITHIN_MS: count(100, 600_000).default(5_000),
  })
  .refine((config) => config.WORKERS_MIN <= config.WORKERS_MAX, 'WORKERS_MIN is above WORKERS_MAX')
  .refine(
    (config) => config.BATCH_WORKERS_MIN <= config.BATCH_WORKERS_MAX,
    'BATCH_WORKERS_MIN is above BATCH_WORKERS_MAX',
  )
  // The three in another order would judge one load too much and too little in turn.
  .refine(
    ({ DOWN_BUSY: down, TARGET_BUSY: target, UP_BUSY: up }) => down <= target && target <= up,
    'DOWN_BUSY ≤ TARGET_BUSY ≤ UP_BUSY does not hold',
  );

export type AutoscalerConfig = z.infer<typeof autoscalerConfig>;
