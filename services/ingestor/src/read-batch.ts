import type { Parsed } from '@reelay/shared/contracts';
import type { LogLine } from '@reelay/shared/messaging';
import type { ItemDictionary } from './item-dictionary.ts';
import type { LineParser } from './parse-line.ts';
import { movieOf } from './read-lines.ts';
import type { WatchReader } from './read-watch.ts';

/** Lines as they were read, in columns: most of them need no object of their own. */
export interface ReadBatch {
  lines: LogLine[];
  /** 0 where the line was parsed the long way. */
  userIds: Int32Array;
  itemIds: Int32Array;
  minutes: Int32Array;
  /** Epoch seconds. */
  times: Float64Array;
  /** By the line's place. */
  parsed: Map<number, Parsed>;
}

export interface ReadDeps {
  watches: WatchReader;
  parse: LineParser;
  items: ItemDictionary;
}

/** Reads the lines at and behind `position`, and makes sure that every movie of theirs has its integer. */
export async function readBatch(lines: LogLine[], position: number, deps: ReadDeps): Promise<ReadBatch> {
  deps.items.trim();
  const fresh =
    lines.length > 0 && lines[0].offset >= position ? lines : lines.filter((line) => line.offset >= position);
  const batch = emptyBatch(fresh);
  const unknown = new Set<string>();
  for (let place = 0; place < fresh.length; place += 1) readInto(batch, place, deps, unknown);
  await deps.items.learn(unknown);
  return batch;
}

const emptyBatch = (lines: LogLine[]): ReadBatch => ({
  lines,
  userIds: new Int32Array(lines.length),
  itemIds: new Int32Array(lines.length),
  minutes: new Int32Array(lines.length),
  times: new Float64Array(lines.length),
  parsed: new Map(),
});

function readInto(batch: ReadBatch, place: number, { watches, parse, items }: ReadDeps, unknown: Set<string>): void {
  const { bytes } = batch.lines[place];
  if (watches.read(bytes)) {
    batch.userIds[place] = watches.userId;
    batch.itemIds[place] = watches.itemId;
    batch.minutes[place] = watches.minute;
    batch.times[place] = watches.time;
    return;
  }
  const parsed = parse(bytes);
  watches.learn(bytes, parsed);
  batch.parsed.set(place, parsed);
  const movieId = parsed.ok ? movieOf(parsed.event) : undefined;
  if (movieId !== undefined && !items.has(movieId)) unknown.add(movieId);
}
