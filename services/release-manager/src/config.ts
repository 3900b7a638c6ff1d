import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** Settings of the release-manager. */
export const releaseManagerConfig = z.object({
  LEDGER_URL: z.string().default('sqlite:.reelay/ledger.db'),
  ARTIFACTS_URL: z.string().default('file:.reelay/artifacts'),
  REDIS_URL: z.string().default('memory:'),
  /** First part of every key in Redis. */
  NAMESPACE: z.string().default('reelay'),
  /** How often candidates are looked for. */
  RELEASE_POLL_MS: count(10, 60_000).default(500),
  /** How often the announced plan is compared with the stored one. */
  ANNOUNCE_POLL_MS: count(10, 60_000).default(1_000),
  ADMIN_PORT: count(0, 65_535).default(8093),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  STOP_WITHIN_MS: count(100, 600_000).default(5_000),
});

export type ReleaseManagerConfig = z.infer<typeof releaseManagerConfig>;
