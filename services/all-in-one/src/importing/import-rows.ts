import type { BadRowReason, BadRows } from './bad-rows.ts';
import type { DataFiles } from './find-data.ts';
import type { NamedRatings } from './rating-columns.ts';
import { readEvents } from './read-events.ts';
import { readRatings } from './read-ratings.ts';

/** A row that cannot be used, as it stands in its file. */
export interface BadRow {
  line: number;
  reason: BadRowReason;
  text: string;
}

/** What was read from a data set, before it becomes lines of the log. */
export interface ImportRows {
  named: NamedRatings;
  /** Whether the value of a row is minutes watched rather than a rating. */
  isMinutes(row: number): boolean;
  /** Age ratings by the ids of the items, where the rows tell them. */
  minAges?: ReadonlyMap<string, number>;
  rows: number;
  bad: BadRows;
  badRows: BadRow[];
}

/** Reads ratings, minutes or events. Throws `NOT_FOUND`, `NOT_ENOUGH_DATA`. */
export async function readImportRows(files: DataFiles, onProgress: (rows: number) => void): Promise<ImportRows> {
  const badRows: BadRow[] = [];
  const onBadRow = (line: number, reason: BadRowReason, text: string) => void badRows.push({ line, reason, text });
  if (files.kind === 'events') return { ...(await readEvents(files.ratings, { onProgress, onBadRow })), badRows };
  const { amounts, rows, bad, ...named } = await readRatings(files.ratings, { onProgress, onBadRow });
  return { named, rows, bad, badRows, isMinutes: () => amounts === 'minutes' };
}
