import { join, resolve } from 'node:path';
import { loadConfig } from '@reelay/shared/runtime';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

/** What the command line itself reads; each service reads its own settings from the same environment. */
export const settingsSchema = z.object({
  PORT: port.default(8082),
  ADMIN_PORT: port.default(8092),
  /** Gateways that share the public port, as processes (`npm run up`); the kernel spreads connections over them. */
  GATEWAYS: z.coerce.number().int().min(1).max(16).default(1),
  /** Of `npm run up`'s processes that no request waits for, as of `nice`; 0: all are equal. */
  BACKGROUND_NICENESS: z.coerce.number().int().min(0).max(19).default(10),
  REELAY_HOME: z.string().default(join(import.meta.dirname, '../../../.reelay')),
  EVENT_TOPIC: z.string().default('movielog'),
  QUEUE_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
  EVENT_LOG_URL: z.string().optional(),
  LEDGER_URL: z.string().optional(),
  ARTIFACTS_URL: z.string().optional(),
  NAMESPACE: z.string().default('reelay'),
  LOG_LEVEL: z.string().default('info'),
  /** A log file of `REELAY_HOME/logs` is rotated at this size, in MiB. */
  LOG_FILE_MAX_MB: z.coerce.number().int().min(1).max(10_000).default(20),
  /** Old files kept of each service. */
  LOG_FILES_KEEP: z.coerce.number().int().min(1).max(1_000).default(5),
  /** Hours of log time after an answer in which watching and rating count for it; the ingestor has the same setting. */
  OUTCOME_WINDOW_HOURS: z.coerce.number().int().min(1).max(720).default(24),
});
export type Settings = z.infer<typeof settingsSchema>;

export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const settings = loadConfig(settingsSchema, environment);
  return { ...settings, REELAY_HOME: resolve(settings.REELAY_HOME) };
}

/** Seconds of log time in which what a user does counts for an answer. */
export const outcomeWindowSeconds = (environment: NodeJS.ProcessEnv): number =>
  readSettings(environment).OUTCOME_WINDOW_HOURS * 3_600;

/** The five URLs that pick the adapters, and the folders beside them. */
export interface Addresses {
  QUEUE_URL: string;
  REDIS_URL: string;
  EVENT_LOG_URL: string;
  LEDGER_URL: string;
  ARTIFACTS_URL: string;
  CSV_DIR: string;
  DETAILS_DIR: string;
}

/** Everything inside `REELAY_HOME`, no server. */
export const embeddedAddresses = ({ REELAY_HOME: home }: Settings): Addresses => ({
  QUEUE_URL: 'memory:',
  REDIS_URL: 'memory:',
  EVENT_LOG_URL: `sqlite:${join(home, 'events.db')}`,
  LEDGER_URL: `sqlite:${join(home, 'ledger.db')}`,
  ...folders(home),
});

/** For work in this process: everything inside `REELAY_HOME`, save a log or a ledger whose URL is given. */
export const addressesHere = (settings: Settings): Addresses => {
  const { EVENT_LOG_URL, LEDGER_URL } = settings;
  return {
    ...embeddedAddresses(settings),
    ...(EVENT_LOG_URL ? { EVENT_LOG_URL } : {}),
    ...(LEDGER_URL ? { LEDGER_URL } : {}),
  };
};

export const folders = (home: string): Pick<Addresses, 'ARTIFACTS_URL' | 'CSV_DIR' | 'DETAILS_DIR'> => ({
  ARTIFACTS_URL: `file:${join(home, 'artifacts')}`,
  CSV_DIR: join(home, 'csv'),
  DETAILS_DIR: join(home, 'details'),
});

/**
 * A store that is given may stand on another host, or be away: its copies stand at home. In the store at home every file is local already.
 */
const copiesOf = ({ ARTIFACTS_URL, REELAY_HOME }: Settings): Record<string, string> =>
  ARTIFACTS_URL ? { ARTIFACT_CACHE_DIR: join(REELAY_HOME, 'artifact-copies') } : {};

/** What the ingestor reads besides the URLs: where user and movie details come from. */
export const ingestEnvironment = (addresses: Addresses): Record<string, string> => ({
  ...(addresses as unknown as Record<string, string>),
  USERS_FILE: join(addresses.DETAILS_DIR, 'users.csv'),
  MOVIES_FILE: join(addresses.DETAILS_DIR, 'movies.csv'),
});

/** What every service of a platform is started with; each reads its own part of it. */
export const serviceEnvironment = (settings: Settings, addresses: Addresses): Record<string, string> => ({
  ...copiesOf(settings),
  ...(process.env as Record<string, string>),
  ...ingestEnvironment(addresses),
  PORT: String(settings.PORT),
  GATEWAY_URL: `http://127.0.0.1:${settings.PORT}`,
  RECEIPTS_SPILL_DIR: process.env.RECEIPTS_SPILL_DIR ?? join(settings.REELAY_HOME, 'spill'),
  EVENT_TOPIC: settings.EVENT_TOPIC,
  NAMESPACE: settings.NAMESPACE,
  // Traffic begins when there is a model to answer it.
  SIM_TRAFFIC: 'off',
});
