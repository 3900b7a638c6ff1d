import { z } from 'zod';
import { slots, type Slot } from '@reelay/shared/contracts';
import { workerSlots } from './choose-tracks.ts';

const slotList = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(z.array(z.enum(slots)).min(1));

/** Settings of a worker. Times in milliseconds; port 0 picks a free one. */
export const inferenceWorkerConfig = z.object({
  QUEUE_URL: z.string().default('memory:'),
  REDIS_URL: z.string().default('memory:'),
  ARTIFACTS_URL: z.string().default('file:.reelay/artifacts'),
  /** Folder of this host for copies of what was loaded: a start while the store is away works from it. Without it the store is read each time. */
  ARTIFACT_CACHE_DIR: z.string().optional(),
  NAMESPACE: z.string().default('reelay'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** `off`: somebody else in this process serves the admin routes. */
  ADMIN_PORT: z.union([z.literal('off'), z.coerce.number().int().min(0).max(65_535)]).default(8093),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  /** Queues to take jobs from; `batch`: slices of large jobs, which need the ledger. */
  SLOTS: slotList.default([...slots] satisfies Slot[]),
  /** Whom it serves while a canary runs; without one every worker serves stable. `both`: the only worker. */
  WORKER_SLOT: z.enum(workerSlots).default('both'),
  /** A worker of the slot `canary` serves stable until the canary's share of users (0 to 1) is above this. */
  CANARY_ABOVE_SHARE: z.coerce.number().min(0).max(1).default(0),
  /** Where jobs over many users stand; single requests need no ledger. */
  LEDGER_URL: z.string().optional(),
  /** Jobs in hand at once, by slot; 64 to 256 is a plateau of throughput. */
  CONCURRENCY: z.coerce.number().int().min(1).max(1_024).default(128),
  /** A version that the plan names no longer stays this long, for gateways that have not heard yet (2 s at most) and their jobs. */
  KEEP_OLD_MS: z.coerce.number().int().min(0).max(600_000).default(10_000),
  /** Most MiB that a version may take, files and memory together; a larger one is refused before it is read. */
  MODEL_MB_MAX: z.coerce.number().int().min(1).max(65_536).default(1_024),
  /** `simd`: equal bits on every processor; `relaxed`: a tenth faster, equal bits on processors of one kind; `plain`: without WebAssembly, slow. */
  KERNELS: z.enum(['relaxed', 'simd', 'plain']).default('relaxed'),
  /** Share of the places of plain single lists that hold a drawn one of the 200 best items, logged with its propensity. */
  EXPLORATION_SHARE: z.coerce.number().min(0).max(0.5).default(0),
  STOP_WITHIN_MS: z.coerce.number().int().min(100).default(5_000),
});

export type InferenceWorkerConfig = ReturnType<typeof inferenceWorkerConfig.parse>;
