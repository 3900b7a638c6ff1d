import type { EventLog, LogBatch, PartitionRange } from '@reelay/shared/messaging';
import { within } from '@reelay/shared/runtime';
import { parseLogTime } from './log-time.ts';

/** Lines looked at from the end of each partition; the last ones may be dirty. */
const tailLines = 50;
const readWithinMs = 10_000;

/**
 * Latest time at the end of a topic, seconds since 1970; `undefined` when it is empty. The log knows what time it is in its world, so
 * nobody else has to remember it. Throws `TIMEOUT` when the lines do not come.
 */
export async function lastLogTime(eventLog: EventLog, topic: string): Promise<number | undefined> {
  const left = new Map(
    (await eventLog.ranges(topic)).filter(({ low, high }) => high > low).map((r) => [r.partition, r]),
  );
  if (left.size === 0) return undefined;
  let latest: number | undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const subscription = await eventLog.follow(topic, {
    from: async ({ low, high }: PartitionRange) => Math.max(low, high - tailLines),
    async onBatch({ partition, lines }: LogBatch) {
      for (const { bytes } of lines) latest = later(latest, timeOf(bytes));
      const last = left.get(partition);
      if (last && lines[lines.length - 1].offset >= last.high - 1) left.delete(partition);
      if (left.size === 0) resolve();
    },
  });
  try {
    await within(readWithinMs, 'reading the end of the log', promise);
    return latest;
  } finally {
    await subscription.stop();
  }
}

const timeOf = (bytes: Uint8Array): number | undefined =>
  parseLogTime(Buffer.from(bytes).toString('utf8').split(',')[0]);

const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;
