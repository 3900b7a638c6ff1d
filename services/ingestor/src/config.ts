import { z } from 'zod';

const wholeNumber = (low: number, high: number, standard: number) =>
  z.coerce.number().int().min(low).max(high).default(standard);

const httpUrl = z.url({ protocol: /^https?$/ });

const zone = z.string().refine(isZone, 'is no IANA time zone');

/** Settings of the ingestor. */
export const ingestorConfig = z.object({
  /** `sqlite:<file>` (not the ledger's file) or `kafka://host:port`. */
  EVENT_LOG_URL: z.string().min(1),
  LEDGER_URL: z.string().min(1),
  /** Histories: `memory:` or `redis://…`. */
  REDIS_URL: z.string().min(1),
  EVENT_TOPIC: z.string().min(1).max(249).default('movielog'),
  /** Partitions of the topic when it is not there yet. */
  EVENT_PARTITIONS: wholeNumber(1, 1_000, 2),
  /** Folder of the CSV files; its files belong to the ledger of `LEDGER_URL`. */
  CSV_DIR: z.string().min(1),
  /** `.csv` files of user and movie details, read at start and again when they change; none when absent. */
  USERS_FILE: z.string().optional(),
  MOVIES_FILE: z.string().optional(),
  /** The course's API of details: `<DETAILS_API_URL>/user/<id>` and `<DETAILS_API_URL>/movie/<id>`; not asked when absent. */
  DETAILS_API_URL: httpUrl.optional(),
  /** The two by themselves, when they stand elsewhere: `<USER_API_URL>/<id>`, `<MOVIE_API_URL>/<id>`. */
  USER_API_URL: httpUrl.optional(),
  MOVIE_API_URL: httpUrl.optional(),
  /** Requests a second to the API, users and movies together. */
  DETAILS_RATE: z.coerce.number().min(0.01).max(1_000).default(10),
  /** Ids of one request, where the API answers several at once; 1 never tries. */
  DETAILS_BULK_MAX: wholeNumber(1, 200, 200),
  DETAILS_TIMEOUT_MS: wholeNumber(100, 60_000, 3_000),
  /** An id that the API did not know is not asked for again within this time. */
  DETAILS_RETRY_UNKNOWN_MINUTES: wholeNumber(1, 1_000_000, 60),
  USER_ID_MAX: wholeNumber(1, 2 ** 31 - 1, 1_000_000),
  /** Top of the rating scale: 5 until fall 2025, 10 from spring 2026. */
  RATING_MAX: wholeNumber(1, 100, 5),
  /** Zone of the log's time stamps. */
  ZONE: zone.default('UTC'),
  /** Days that CSV files are kept after their day; 0: for ever. */
  CSV_RETENTION_DAYS: wholeNumber(0, 36_500, 0),
  /** Days that segments are kept in SQL after their day, once they are rolled up into viewings; 0: for ever. */
  SEGMENT_RETENTION_DAYS: wholeNumber(0, 36_500, 0),
  FLUSH_LINES: wholeNumber(1, 5_000_000, 1_000_000),
  FLUSH_LOG_MINUTES: wholeNumber(1, 1_440, 10),
  FLUSH_IDLE_MS: wholeNumber(10, 600_000, 2_000),
  /** Receipts and feedback of the gateways: `amqp://…`; `memory:` where they come from this process. */
  QUEUE_URL: z.string().default('memory:'),
  /** Days that receipts stay in SQL; 0: for ever. */
  RECEIPTS_KEEP_DAYS: wholeNumber(0, 10_000, 30),
  /** Hours of log time after an answer in which watching and rating count for it. */
  OUTCOME_WINDOW_HOURS: wholeNumber(1, 720, 24),
  KAFKA_GROUP: z.string().min(1).default('reelay-ingestor'),
  KAFKA_SESSION_TIMEOUT_MS: wholeNumber(1_000, 300_000, 10_000),
  NAMESPACE: z.string().default('reelay'),
  ADMIN_PORT: wholeNumber(0, 65_535, 0),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  STOP_WITHIN_MS: wholeNumber(100, 600_000, 10_000),
});
export type IngestorConfig = z.infer<typeof ingestorConfig>;

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
