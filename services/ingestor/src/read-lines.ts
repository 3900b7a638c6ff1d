import type { LogEvent, Parsed } from '@reelay/shared/contracts';
import type { LogLine } from '@reelay/shared/messaging';
import type { ItemDictionary } from './item-dictionary.ts';
import type { LineParser } from './parse-line.ts';

export interface ReadLine {
  line: LogLine;
  parsed: Parsed;
}

/** Parses lines and makes sure that every movie of theirs has its integer. */
export async function readLines(lines: LogLine[], parse: LineParser, items: ItemDictionary): Promise<ReadLine[]> {
  items.trim();
  const unknown = new Set<string>();
  const read = lines.map((line) => {
    const parsed = parse(line.bytes);
    const movieId = parsed.ok ? movieOf(parsed.event) : undefined;
    if (movieId !== undefined && !items.has(movieId)) unknown.add(movieId);
    return { line, parsed };
  });
  await items.learn(unknown);
  return read;
}

/** The movie of a watch or rate line. */
export const movieOf = (event: LogEvent): string | undefined =>
  event.kind === 'watch' || event.kind === 'rate' ? event.movieId : undefined;
