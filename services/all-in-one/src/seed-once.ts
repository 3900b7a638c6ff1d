import type { EventLog } from '@reelay/shared/messaging';
import { seedHistory, type Population, type SimulatorConfig } from '@reelay/simulator';

export interface SeedState {
  state: 'idle' | 'running' | 'done' | 'failed';
  lines: number;
  of: number;
  error?: string;
}

interface SeedOnceOptions {
  eventLog: EventLog;
  config: SimulatorConfig;
  population: Population;
  signal?: AbortSignal;
  onProgress(progress: { lines: number; of: number }): void;
}

/**
 * Generates the history unless the topic has it already. History is a function of the seed, so one that was cut off half way is
 * continued where it stands.
 */
export async function seedOnce({ eventLog, config, population, signal, onProgress }: SeedOnceOptions): Promise<void> {
  const lines = config.SIM_HISTORY_LINES;
  const ranges = await eventLog.ranges(config.EVENT_TOPIC);
  const there = ranges.find(({ partition }) => partition === 0)?.high ?? 0;
  if (there < lines) {
    await seedHistory({
      eventLog,
      topic: config.EVENT_TOPIC,
      population,
      lines,
      skip: there,
      dirt: config.SIM_DIRT,
      ratingMax: config.RATING_MAX,
      signal,
      onProgress,
    });
  }
  onProgress({ lines, of: lines });
}
