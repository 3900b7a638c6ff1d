import type { EventLog, LogBatch, PartitionRange } from '@reelay/shared/messaging';
import { within } from '@reelay/shared/runtime';
import type { LineParser } from './parse-line.ts';

const searchMs = 60_000;

/** Where the search stands: all before `low` is older, nothing from `high` on is. `probe` is read next. */
interface Search {
  low: number;
  high: number;
  probe: number;
}

/**
 * For each partition the offset of the first line at or after `time` (epoch seconds, by the lines themselves), its end when all
 * are older. By halving: about a dozen reads in ten million lines. It trusts the lines of a partition to stand in order of time;
 * lines that cannot be read have none. `TIMEOUT` when the log gives no lines for a minute.
 */
export async function findOffsets(
  eventLog: EventLog,
  topic: string,
  time: number,
  parse: LineParser,
): Promise<Map<number, number>> {
  const searches = new Map((await eventLog.ranges(topic)).map((range) => [range.partition, startOf(range)]));
  const isOver = () => [...searches.values()].every(({ low, high }) => low >= high);
  let tellOver = (): void => {};
  const over = new Promise<void>((resolve) => (tellOver = resolve));
  if (!isOver()) {
    const subscription = await eventLog.follow(topic, {
      from: async ({ partition, high }) => searches.get(partition)?.probe ?? high,
      async onBatch(batch) {
        const search = searches.get(batch.partition);
        if (search === undefined || search.low >= search.high) return;
        narrow(search, batch, time, parse);
        if (isOver()) tellOver();
        return { resumeAt: search.probe };
      },
    });
    await within(searchMs, `the search in ${topic}`, over).finally(() => subscription.stop());
  }
  return new Map([...searches].map(([partition, { low }]) => [partition, low]));
}

const startOf = ({ low, high }: PartitionRange): Search => ({ low, high, probe: middle(low, high) });

const middle = (low: number, high: number): number => low + Math.floor((high - low) / 2);

/** What a batch that begins at the probe says. */
function narrow(search: Search, { lines }: LogBatch, time: number, parse: LineParser): void {
  const { low, high } = search;
  const timed = lines.flatMap(({ offset, bytes }) => {
    const parsed = parse(bytes);
    return parsed.ok && offset < high ? [{ offset, isOlder: parsed.event.time < time }] : [];
  });
  const later = timed.find(({ isOlder }) => !isOlder);
  const older = timed.findLast(({ offset, isOlder }) => isOlder && offset < (later?.offset ?? high));
  const end = lines.at(-1)!.offset + 1;
  if (timed.length === 0 && end < high) {
    search.probe = end;
    return;
  }
  if (older) search.low = older.offset + 1;
  if (later && older) search.high = search.low;
  else if (!older) search.high = middle(low, high);
  search.probe = middle(search.low, search.high);
}
