import type { EventLog, PartitionRange } from '@reelay/shared/messaging';
import { AppError, systemClock } from '@reelay/shared/runtime';
import type { Ledger } from '@reelay/shared/storage';

interface IngestWait {
  eventLog: EventLog;
  ledger: Ledger;
  topic: string;
  /** Asks the ingestor to write down what it has read; live traffic is never idle. */
  flush(): Promise<unknown>;
  /** Told of the lines stored and the lines to be stored. */
  onProgress?(stored: number, wanted: number): void;
  pollMs?: number;
  /** Gives up when nothing was stored for so long. */
  stallMs?: number;
}

/** Resolves when every line that stood in the topic at the call is stored; `TIMEOUT` when ingest stands still. */
export async function waitUntilIngested(options: IngestWait): Promise<void> {
  const { eventLog, ledger, topic, flush, onProgress, pollMs = 300, stallMs = 120_000 } = options;
  const ends = await eventLog.ranges(topic);
  const wanted = sum(ends.map((range) => range.high));
  let best = -1;
  let movedAt = systemClock.monotonicMs();
  for (;;) {
    await flush();
    const stored = await storedUpTo(ledger, topic, ends);
    onProgress?.(stored, wanted);
    if (stored >= wanted) return;
    if (stored > best) movedAt = systemClock.monotonicMs();
    best = Math.max(best, stored);
    if (systemClock.monotonicMs() - movedAt > stallMs) {
      throw new AppError('TIMEOUT', `ingest stands at ${stored} of ${wanted} lines; does the ingestor run?`);
    }
    await systemClock.sleep(pollMs);
  }
}

async function storedUpTo(ledger: Ledger, topic: string, ends: PartitionRange[]): Promise<number> {
  const progress = new Map((await ledger.progress(topic)).map((row) => [row.partition, row.nextOffset]));
  return sum(ends.map(({ partition, high }) => Math.min(high, progress.get(partition) ?? 0)));
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
