import type { EventLog } from '@reelay/shared/messaging';
import { generateHistory, type HistoryOptions } from './generate-history.ts';
import type { Population } from './population.ts';

export interface SeedOptions extends HistoryOptions {
  eventLog: EventLog;
  topic: string;
  population: Population;
  /** How many lines. */
  lines: number;
  /** So many of them are there already: an earlier run was cut off. History is a function of the seed, so the rest follows on. */
  skip?: number;
  /** Told after each batch, with what was there already. */
  onProgress?: (progress: { lines: number; of: number }) => void;
  /** Ends early, between two batches. */
  signal?: AbortSignal;
}

export interface SeededHistory {
  lines: number;
  dirty: number;
  /** Dirty lines that a careful reader refuses. */
  detectable: number;
  /** Log time of the last line, seconds since 1970. */
  endTime: number;
}

const batchLines = 5_000;

/**
 * Generates a history and appends it to partition 0 of `topic` (made when it is not there), in batches; the caller decides when, and that it
 * happens once. Throws what the event log throws; then a part of the lines is there.
 */
export async function seedHistory(options: SeedOptions): Promise<SeededHistory> {
  const { eventLog, topic, population, signal, onProgress } = options;
  const done: SeededHistory = { lines: 0, dirty: 0, detectable: 0, endTime: 0 };
  await eventLog.ensureTopic(topic, 1);
  let batch: string[] = [];
  const flush = async () => {
    await eventLog.append(topic, batch, { partition: 0 });
    done.lines += batch.length;
    batch = [];
    onProgress?.({ lines: (options.skip ?? 0) + done.lines, of: options.lines });
  };
  let toSkip = options.skip ?? 0;
  for (const { line, time, dirty } of generateHistory(population, options)) {
    if (toSkip-- > 0) continue;
    batch.push(line);
    done.endTime = time;
    if (dirty) done.dirty++;
    if (dirty === 'detectable') done.detectable++;
    if (batch.length < batchLines) continue;
    await flush();
    if (signal?.aborted) return done;
  }
  if (batch.length > 0) await flush();
  return done;
}
