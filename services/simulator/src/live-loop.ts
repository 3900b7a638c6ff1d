import type { EventLog } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { messageOf, type Clock } from '@reelay/shared/runtime';
import type { SimulatorConfig } from './config.ts';
import { historyDefaults } from './generate-history.ts';
import { lastLogTime } from './last-log-time.ts';
import { LiveTraffic, type TrafficStats } from './live-traffic.ts';
import type { Population } from './population.ts';
import type { Recommend } from './request-recommendations.ts';

export interface LiveDeps {
  config: SimulatorConfig;
  eventLog: EventLog;
  log: Logger;
  clock: Clock;
  population: Population;
  recommend: Recommend;
}

export interface LiveLoop {
  stats(): TrafficStats;
  logTime(): number;
  readonly running: boolean;
  /** Sends nothing more and resolves when the last lines that are ready have been offered to the log once. */
  stop(): Promise<void>;
}

/** How often requests are sent, and lines written. */
const sendEveryMs = 20;
const writeEveryMs = 100;
/** After a failed write. Meanwhile answers are kept, up to the bound of the traffic; then requests are left out. */
const retryAfterMs = 500;
/** Probability that who took nothing from a list takes a movie of their own choice. */
const ownChoice = 0.3;

/** Starts where the log ends (one second later), else at the time that a history would start. */
export async function startLiveLoop(deps: LiveDeps, signal: AbortSignal): Promise<LiveLoop> {
  const { config, eventLog, clock, population, recommend } = deps;
  const end = await lastLogTime(eventLog, config.EVENT_TOPIC);
  const traffic = new LiveTraffic(population, recommend, {
    rate: config.SIM_RATE,
    speed: config.SIM_SPEED,
    startTime: end === undefined ? historyDefaults.startTime : end + 1,
    dirt: config.SIM_DIRT,
    behaviour: {
      ratingMax: config.RATING_MAX,
      ratingShare: historyDefaults.ratingShare,
      ownChoice,
      server: new URL(config.GATEWAY_URL).host,
    },
  });
  const stopping = new AbortController();
  const both = AbortSignal.any([signal, stopping.signal]);
  const ended = Promise.all([sendLoop(traffic, clock, both), writeLoop(traffic, deps, both)]);
  return {
    stats: () => traffic.stats,
    logTime: () => traffic.logTime,
    get running() {
      return !both.aborted;
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

async function sendLoop(traffic: LiveTraffic, clock: Clock, signal: AbortSignal): Promise<void> {
  const start = clock.monotonicMs();
  while (!signal.aborted) {
    traffic.send(clock.monotonicMs() - start);
    await clock.sleep(sendEveryMs, signal);
  }
}

async function writeLoop(traffic: LiveTraffic, deps: LiveDeps, signal: AbortSignal): Promise<void> {
  let unwritten: string[] = [];
  for (;;) {
    // Read before the lines are taken: after a stop they are offered once more, and that is the end.
    const last = signal.aborted;
    if (unwritten.length === 0) unwritten = traffic.settle();
    const written = await write(unwritten, deps);
    if (written) unwritten = [];
    if (last) return;
    await deps.clock.sleep(written ? writeEveryMs : retryAfterMs, signal);
  }
}

async function write(lines: string[], { eventLog, config, log }: LiveDeps): Promise<boolean> {
  if (lines.length === 0) return true;
  try {
    await eventLog.append(config.EVENT_TOPIC, lines);
    return true;
  } catch (error) {
    log.warn({ lines: lines.length, error: messageOf(error) }, 'lines could not be written');
    return false;
  }
}
