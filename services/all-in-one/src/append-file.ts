import type { EventLog } from '@reelay/shared/messaging';
import type { Clock } from '@reelay/shared/runtime';
import { readLines } from './read-lines.ts';

export interface AppendOptions {
  eventLog: EventLog;
  topic: string;
  /** Lines, plain or `.gz`. */
  file: string;
  /** Lines a second; as quick as the log takes them when absent. */
  rate?: number;
  clock: Clock;
  onProgress?(appended: number): void;
}

const linesPerAppend = 5_000;
/** A paced append is as small as the lines of this time, so that readers see a flow and not waves. */
const paceMs = 100;

/**
 * Appends the lines of a file in their order to partition 0; returns how many. With a rate there are never more lines in the log
 * than the time since the start allows, one append aside; after a stall it catches up.
 */
export async function appendFile(options: AppendOptions): Promise<number> {
  const { eventLog, topic, file, rate, clock, onProgress } = options;
  await eventLog.ensureTopic(topic, 1);
  const linesAtOnce = rate === undefined ? linesPerAppend : linesOfPace(rate);
  const startedAt = clock.monotonicMs();
  let lines: Uint8Array[] = [];
  let appended = 0;
  const send = async () => {
    if (lines.length === 0) return;
    if (rate !== undefined) await waitUntilDue(clock, startedAt + (appended / rate) * 1_000);
    await eventLog.append(topic, lines, { partition: 0 });
    appended += lines.length;
    lines = [];
    onProgress?.(appended);
  };
  for await (const line of readLines(file)) {
    if (lines.push(line) >= linesAtOnce) await send();
  }
  await send();
  return appended;
}

const linesOfPace = (rate: number): number =>
  Math.min(linesPerAppend, Math.max(1, Math.round((rate * paceMs) / 1_000)));

async function waitUntilDue(clock: Clock, dueAtMs: number): Promise<void> {
  const waitMs = dueAtMs - clock.monotonicMs();
  if (waitMs > 0) await clock.sleep(waitMs);
}
