import { activeDaysMax } from '@reelay/shared/contracts';
import { messageOf } from '@reelay/shared/runtime';
import { z } from 'zod';
import { createLegacyRoute } from './legacy-route.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** Settings of the gateway. Times in milliseconds; port 0 picks a free one. */
export const gatewayConfig = z.object({
  PORT: port.default(8082),
  HOST: z.string().default('0.0.0.0'),
  /** `on`: other gateways of this host listen on the same port, and the kernel spreads connections over them. */
  REUSE_PORT: z.enum(['on', 'off']).default('off'),
  /** `off`: somebody else in this process serves the admin routes. */
  ADMIN_PORT: z.union([z.literal('off'), port]).default(8092),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  QUEUE_URL: z.string().default('memory:'),
  REDIS_URL: z.string().default('memory:'),
  ARTIFACTS_URL: z.string().default('file:.reelay/artifacts'),
  /** Folder of this host for copies of what was loaded: lists are there while the store is away. Without it the store is read each time. */
  ARTIFACT_CACHE_DIR: z.string().optional(),
  NAMESPACE: z.string().default('reelay'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** From the arrival of a request to the fallback. Callers give up at 600 ms; the rest is for a busy event loop. */
  REPLY_TIMEOUT_MS: z.coerce.number().int().min(10).max(5_000).default(350),
  /** Longest wait for the cached answer before a worker is asked without it. */
  LOOKUP_TIMEOUT_MS: z.coerce.number().int().min(5).max(1_000).default(100),
  /** Requests in hand at once; above it the fallback comes without asking anybody. */
  IN_FLIGHT_MAX: z.coerce.number().int().min(1).default(2_000),
  /** While the event loop is later than this, requests get the fallback without asking anybody. */
  LOOP_LATE_MAX_MS: z.coerce.number().int().min(10).default(250),
  /** Jobs that wait for workers, a track, at most; how many of these are let in is found out (see `limit-in-flight.ts`). */
  JOBS_IN_FLIGHT_MAX: z.coerce.number().int().min(4).default(2_000),
  /** How often the queue is asked whether anybody takes jobs. */
  WORKERS_LOOK_MS: z.coerce.number().int().min(50).max(10_000).default(400),
  /** Open connections; further ones are dropped. */
  CONNECTIONS_MAX: z.coerce.number().int().min(1).default(10_000),
  LIST_LENGTH: z.coerce.number().int().min(1).max(1_000).default(20),
  /** `answer`: an id that is none gets the popular list and 200, for callers that count nothing but 200. */
  MALFORMED_IDS: z.enum(['reject', 'answer']).default('reject'),
  /** Users whose last list is held for the fallback; about 2 KiB each. */
  LAST_LISTS_MAX: z.coerce.number().int().min(0).default(10_000),
  /** An existing call that is answered in its own path and form, such as `/v1/recs/:userId?as=items[].id`; see `legacy-route.ts`. */
  LEGACY_ROUTE: z
    .string()
    .superRefine((template, context) => {
      try {
        createLegacyRoute(template);
      } catch (error) {
        context.addIssue({ code: 'custom', message: messageOf(error) });
      }
    })
    .optional(),
  /** File of movie ids (separated by commas or lines) to answer with before there is any model. */
  BASE_LIST: z.string().optional(),
  /**
   * Folder of this gateway alone for receipts and feedback that the queue does not take; they go to it later. Without it they are dropped
   * then, and counted.
   */
  RECEIPTS_SPILL_DIR: z.string().optional(),
  /** Bytes in that folder; beyond it they are dropped, and counted. */
  RECEIPTS_SPILL_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(256 * 1024 ** 2),
  /** Keys, separated by commas, for everything but recommendations and `/healthz`. None: callers on this host only. */
  API_KEYS: z.string().default(''),
  /** Where `/provenance` looks; answering needs no ledger. */
  LEDGER_URL: z.string().optional(),
  /** For all lists of one `POST /recommendations`. */
  BULK_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(3_000),
  /** Users of one slice of a job. */
  JOB_SLICE_USERS: z.coerce.number().int().min(1).max(10_000).default(1_000),
  /** Slices of a job that are given to the workers ahead. */
  JOB_WINDOW: z.coerce.number().int().min(1).max(1_000).default(32),
  /** Days until a finished job and its results are dropped. */
  JOB_KEEP_DAYS: z.coerce.number().min(0.01).default(7),
  /** When the lists of all active users are made anew, as a cron line in UTC: `0 4 * * *`. Empty: never. */
  REFRESH_SCHEDULE: z.string().trim().default(''),
  /** Who is active then. */
  REFRESH_ACTIVE_DAYS: z.coerce.number().int().min(1).max(activeDaysMax).default(30),
  /** Whether those lists also become rows of SQL. */
  REFRESH_ROWS: z.stringbool().default(false),
  /** At its end: how long connections that are kept open are told that they end, before they are cut. */
  DRAIN_MS: z.coerce.number().int().min(0).max(60_000).default(500),
  STOP_WITHIN_MS: z.coerce.number().int().min(100).default(5_000),
});

export type GatewayConfig = ReturnType<typeof gatewayConfig.parse>;
