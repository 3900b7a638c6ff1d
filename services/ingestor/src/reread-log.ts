import type { EventLog, LogBatch } from '@reelay/shared/messaging';
import { AppError, type Clock } from '@reelay/shared/runtime';
import type { Ledger, StreamProgress } from '@reelay/shared/storage';
import { CsvFiles, cutUncommitted } from './append-csv.ts';
import type { IngestorConfig } from './config.ts';
import { Window } from './gather-window.ts';
import { ItemDictionary } from './item-dictionary.ts';
import type { LineParser } from './parse-line.ts';
import { readLines } from './read-lines.ts';

export interface RereadDeps {
  config: Pick<IngestorConfig, 'EVENT_TOPIC' | 'CSV_DIR' | 'FLUSH_LINES'>;
  eventLog: EventLog;
  ledger: Ledger;
  parse: LineParser;
  clock: Clock;
  /** Lines read again, and lines to be read again. */
  onProgress?(done: number, of: number): void;
}

export interface Reread {
  /** Lines below the stored positions that were read once more. */
  lines: number;
  /** Rows that were missing and are there now. */
  added: number;
}

const lookMs = 20;
const stallMs = 60_000;

interface Partition {
  progress: StreamProgress;
  /** Next offset to be read, and the stored position, where reading again ends. */
  position: number;
  end: number;
  window: Window;
  csv: CsvFiles;
}

/**
 * Reads what is stored already once more, from an offset of each partition up to its stored position, and adds the ratings,
 * recommendation and account lines that the tables miss: by their identity, so a second time adds nothing. Watch lines and refused
 * lines are passed over, since their rows stand by position, which was committed with them. The stored positions do not move, so
 * this may be broken off anywhere. It claims the partitions: another ingestor on them takes them back afterwards.
 */
export async function rereadLog(deps: RereadDeps, from: Map<number, number>): Promise<Reread> {
  const partitions = await openPartitions(deps, from);
  try {
    return await readAll(deps, partitions);
  } finally {
    for (const { csv } of partitions) await csv.close();
  }
}

async function readAll(deps: RereadDeps, partitions: Partition[]): Promise<Reread> {
  const left = () => sum(partitions, ({ position, end }) => Math.max(0, end - position));
  const items = new ItemDictionary(deps.ledger);
  const of = (partition: number) => partitions.find(({ progress }) => progress.partition === partition);
  const read: Reread = { lines: left(), added: 0 };
  if (read.lines === 0) return read;
  // A failure ends it all: whoever starts it again adds what is still missing.
  let failure: { error: unknown } | undefined;
  const subscription = await deps.eventLog.follow(deps.config.EVENT_TOPIC, {
    from: async ({ partition, high }) => of(partition)?.position ?? high,
    async onBatch(batch) {
      const partition = of(batch.partition);
      if (failure !== undefined || partition === undefined || partition.position >= partition.end) return;
      read.added += await readAgain(deps, partition, batch, items).catch((error: unknown) => {
        failure = { error };
        return 0;
      });
    },
  });
  const look = (rest: number) => {
    if (failure !== undefined) throw failure.error;
    deps.onProgress?.(read.lines - rest, read.lines);
  };
  await untilRead(deps.clock, left, look).finally(() => subscription.stop());
  return read;
}

async function openPartitions(
  { eventLog, ledger, config }: RereadDeps,
  from: Map<number, number>,
): Promise<Partition[]> {
  const open: Partition[] = [];
  for (const { partition, low, high } of await eventLog.ranges(config.EVENT_TOPIC)) {
    const progress = await ledger.claim(config.EVENT_TOPIC, partition);
    await cutUncommitted(config.CSV_DIR, progress.streamId, await ledger.csvFiles());
    const end = Math.min(progress.nextOffset, high);
    const position = Math.min(end, Math.max(low, from.get(partition) ?? low));
    const csv = new CsvFiles(config.CSV_DIR, progress);
    open.push({ progress, position, end, window: new Window(progress.nextOffset), csv });
  }
  return open;
}

/** Returns how many rows were missing. */
async function readAgain(
  deps: RereadDeps,
  partition: Partition,
  { lines }: LogBatch,
  items: ItemDictionary,
): Promise<number> {
  const fresh = lines.filter(({ offset }) => offset >= partition.position && offset < partition.end);
  for (const line of await readLines(fresh, deps.parse, items)) {
    if (line.parsed.ok && line.parsed.event.kind !== 'watch') partition.window.add(line, items);
  }
  const position = Math.min(partition.end, lines.at(-1)!.offset + 1);
  const isDue = partition.window.lines >= deps.config.FLUSH_LINES || position >= partition.end;
  const added = isDue && partition.window.lines > 0 ? await addMissing(deps, partition) : 0;
  partition.position = position;
  return added;
}

async function addMissing({ ledger, clock }: RereadDeps, partition: Partition): Promise<number> {
  const { progress, window, csv } = partition;
  const { streamId, incarnation, ownerEpoch, nextOffset, lastLineHash } = progress;
  const storedDay = csv.dayAt(clock.now());
  const place = { streamId, incarnation, ownerEpoch, storedDay, expectedOffset: nextOffset, nextOffset, lastLineHash };
  const content = { received: window.lines, watchLines: 0, rows: window.rows };
  partition.window = new Window(nextOffset);
  const result = await ledger.commitWindow({ ...place, ...content }, (rows) =>
    csv.append(rows, (itemId) => window.movieIds.get(itemId)!, storedDay),
  );
  if (result.outcome === 'fenced') {
    throw new AppError(
      'FENCED',
      `another ingestor took partition ${progress.partition} of ${progress.topic} meanwhile`,
    );
  }
  csv.committed();
  return result.counts.accepted;
}

/** `TIMEOUT` when nothing was read for a minute. */
async function untilRead(clock: Clock, left: () => number, onLook: (left: number) => void): Promise<void> {
  let [least, movedAt] = [left(), clock.monotonicMs()];
  for (let rest = least; rest > 0; rest = left()) {
    onLook(rest);
    if (rest < least) [least, movedAt] = [rest, clock.monotonicMs()];
    if (clock.monotonicMs() - movedAt > stallMs) throw new AppError('TIMEOUT', `${rest} lines could not be read again`);
    await clock.sleep(lookMs);
  }
}

const sum = <T>(all: T[], value: (one: T) => number): number => all.reduce((total, one) => total + value(one), 0);
