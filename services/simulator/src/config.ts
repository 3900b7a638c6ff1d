import { z } from 'zod';
import { presetNames } from './presets.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** Settings of the simulator. */
export const simulatorConfig = z.object({
  /** Where recommendations are asked for. */
  GATEWAY_URL: z.url({ protocol: /^http$/ }).default('http://127.0.0.1:8082'),
  EVENT_LOG_URL: z.string().default('sqlite:.reelay/events.db'),
  EVENT_TOPIC: z.string().min(1).max(249).default('movielog'),
  NAMESPACE: z.string().default('reelay'),
  /** Where `users.csv` and `movies.csv` are written; nowhere when empty. */
  DETAILS_DIR: z.string().optional(),
  SIM_SEED: z.coerce.number().int().default(1),
  SIM_PRESET: z.enum(presetNames).default('small'),
  /** Requests a second of real time. */
  SIM_RATE: z.coerce.number().positive().max(2_000).default(5),
  /** Seconds of log time in a second of real time: at 60, an hour of watching takes a minute. */
  SIM_SPEED: z.coerce.number().positive().max(3_600).default(60),
  /** Share of dirty lines. */
  SIM_DIRT: z.coerce.number().min(0).max(1).default(0.001),
  /** Lines of a generated history. */
  SIM_HISTORY_LINES: z.coerce.number().int().positive().default(600_000),
  /** `off`: traffic waits until it is started by hand (`POST /admin/traffic/start`). */
  SIM_TRAFFIC: z.enum(['on', 'off']).default('on'),
  /** From the request to the last byte of its answer; later is too late. */
  SIM_DEADLINE_MS: z.coerce.number().int().min(10).max(10_000).default(600),
  RATING_MAX: z
    .union([z.literal('5'), z.literal('10')])
    .default('5')
    .transform((text) => (text === '10' ? 10 : 5)),
  /** Where details of users and movies are asked for over HTTP; 0 picks a free port, `off` serves none. */
  API_PORT: z.union([z.literal('off'), port]).default(8090),
  API_HOST: z.string().default('127.0.0.1'),
  /** Whose form its answers have; bulk requests from 2026 on. */
  SIM_API_YEAR: z.enum(['2019', '2025', '2026']).default('2026'),
  /** Status of "not found" answers; both are seen in the course. */
  SIM_API_UNKNOWN_STATUS: z
    .union([z.literal('404'), z.literal('200')])
    .default('404')
    .transform(Number),
  /** Requests that it answers a second, the others get 429; 0 for any number. */
  SIM_API_RATE: z.coerce.number().int().min(0).max(100_000).default(50),
  /** How long it lets everybody wait. */
  SIM_API_LATENCY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** `off`: somebody else in this process serves the admin routes. */
  ADMIN_PORT: z.union([z.literal('off'), port]).default(8097),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  STOP_WITHIN_MS: z.coerce.number().int().min(100).default(5_000),
});

export type SimulatorConfig = z.output<typeof simulatorConfig>;
