import type { HistoryEvent, QuarantineReason } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import type { Ledger, LineCounts, QuarantinedLine } from '@reelay/shared/storage';
import { CsvFiles } from './append-csv.ts';
import { quarantinedBytesMax, Window } from './gather-window.ts';
import { ItemDictionary } from './item-dictionary.ts';
import type { LineParser } from './parse-line.ts';
import { replacement } from './plain-text.ts';
import { readLines, type ReadLine } from './read-lines.ts';

export interface RedriveDeps {
  ledger: Ledger;
  /** The parser of today. */
  parse: LineParser;
  csvDir: string;
  clock: Clock;
  /** What the lines mean for histories. */
  onEvents?: (events: Iterable<HistoryEvent>) => Promise<void>;
}

export interface RedriveResult {
  /** Lines in quarantine that were looked at. */
  lines: number;
  accepted: number;
  /** Accepted by the parser, but known already. */
  repeated: number;
  /** Refused again. */
  refused: number;
  /** Left alone, since the quarantine does not hold all bytes of the line: it was cut, or had characters that no table holds. */
  cut: number;
}

/**
 * Gives the lines in quarantine to the parser once more. Those that it accepts become rows, in SQL and CSV, with the identity that they
 * would have had; they are marked in SQL and leave the count of quarantined lines. Done twice, or by two at once, it changes no more.
 */
export async function redriveQuarantine(deps: RedriveDeps, reason?: QuarantineReason): Promise<RedriveResult> {
  const result: RedriveResult = { lines: 0, accepted: 0, repeated: 0, refused: 0, cut: 0 };
  const items = new ItemDictionary(deps.ledger);
  await deps.ledger.openQuarantine(
    async (lines) => {
      const whole = lines.filter(isWhole);
      const read = await readLines(whole.map(toLogLine), deps.parse, items);
      const accepted = read.filter(({ parsed }) => parsed.ok);
      const counts = accepted.length > 0 ? await commit(deps, lines[0], accepted, items) : undefined;
      result.lines += lines.length;
      result.cut += lines.length - whole.length;
      result.refused += read.length - accepted.length;
      result.accepted += counts?.accepted ?? 0;
      result.repeated += counts?.repeated ?? 0;
    },
    { reason },
  );
  return result;
}

/** A cut may fall up to three bytes before the limit, between two characters. */
const isWhole = ({ line }: QuarantinedLine): boolean =>
  !line.includes(replacement) && Buffer.byteLength(line) < quarantinedBytesMax - 3;

const toLogLine = ({ offset, line }: QuarantinedLine) => ({ offset, bytes: Buffer.from(line) });

/** The lines of one page; undefined when somebody else was quicker with one of them: the next call finds the others. */
async function commit(
  { ledger, csvDir, clock, onEvents }: RedriveDeps,
  { streamId, incarnation }: QuarantinedLine,
  accepted: ReadLine[],
  items: ItemDictionary,
): Promise<LineCounts | undefined> {
  const window = new Window(0);
  for (const line of accepted) window.add(line, items);
  const csv = new CsvFiles(csvDir, { streamId, redrive: await ledger.nextRedrive() });
  const storedDay = csv.dayAt(clock.now());
  const place = { streamId, incarnation, storedDay, redrivenAt: Math.floor(clock.now() / 1000) };
  const offsets = accepted.map(({ line }) => line.offset);
  try {
    const result = await ledger.redrive(
      { ...place, offsets, watchLines: window.watchLines, rows: window.rows },
      (rows) => csv.append(rows, (itemId) => window.movieIds.get(itemId) ?? '', storedDay),
    );
    if (result.outcome === 'fenced') return undefined;
    await onEvents?.(window.historyEvents());
    return result.counts;
  } finally {
    await csv.close();
  }
}
