import { AppError } from '@reelay/shared/runtime';
import { BadRows, type BadRowReason } from './bad-rows.ts';
import { columnsOf, positional, type ColumnPlaces } from './column-places.ts';
import { RatingColumns, type NamedRatings } from './rating-columns.ts';
import { readTextLines } from './read-text-lines.ts';
import { separatorOf, splitFields, type Separator } from './split-fields.ts';

export interface ReadRatings extends NamedRatings {
  /** Data rows; the header and empty lines are none. */
  rows: number;
  bad: BadRows;
  /** The third column holds minutes or plays, as its header says. */
  amounts: 'ratings' | 'minutes';
}

export interface ReadRatingsOptions {
  onProgress?: (rows: number) => void;
  /** Gets each row that cannot be used, as it stands in the file. */
  onBadRow?: (line: number, reason: BadRowReason, text: string) => void;
}

/**
 * Rows of user, item, rating and perhaps time, between `::`, tabs, commas or semicolons; plain or `.gz`. A first line whose rating is no number is
 * the header: where it names user, item and rating the columns may stand in any order. Time is a number or a date; empty is unknown.
 * Rows that cannot be used are counted by reason. Throws `NOT_FOUND`, and `NOT_ENOUGH_DATA` for a file without one usable row.
 */
export async function readRatings(file: string, options: ReadRatingsOptions = {}): Promise<ReadRatings> {
  const reader = new RatingReader(options);
  await readTextLines(file, (lines) => reader.take(lines));
  if (reader.columns.rows === 0)
    throw new AppError('NOT_ENOUGH_DATA', `${file} has no row to learn from${reader.bad.total > 0 ? `: ${reader.bad.text()}` : ''}`); // prettier-ignore
  return { ...reader.columns.finish(), rows: reader.rows, bad: reader.bad, amounts: reader.amounts };
}

class RatingReader {
  readonly columns = new RatingColumns();
  readonly bad = new BadRows();
  readonly #options: ReadRatingsOptions;
  rows = 0;
  amounts: 'ratings' | 'minutes' = 'ratings';
  #line = 0;
  #separator: Separator | undefined;
  #places: ColumnPlaces = positional;

  constructor(options: ReadRatingsOptions) {
    this.#options = options;
  }

  take(lines: string[]): void {
    for (const line of lines) {
      this.#line += 1;
      if (line.trim() === '') continue;
      if (this.#separator === undefined && this.#begin(line)) continue;
      this.rows += 1;
      const reason = this.#addRow(splitFields(line, this.#separator ?? ','));
      if (reason === undefined) continue;
      this.bad.add(reason, this.#line);
      this.#options.onBadRow?.(this.#line, reason, line);
    }
    this.#options.onProgress?.(this.rows);
  }

  /** Looks at the first line; true when it is a header. */
  #begin(line: string): boolean {
    this.#separator = separatorOf(line);
    const fields = splitFields(line, this.#separator);
    if (numberOf(fields[2] ?? '') !== undefined || fields.length < 3) return false;
    this.#places = columnsOf(fields);
    this.amounts = /minute|play|hour/i.test(fields[this.#places.rating]) ? 'minutes' : 'ratings';
    return true;
  }

  #addRow(fields: string[]): BadRowReason | undefined {
    const { user, item, rating, time } = this.#places;
    if (fields.length <= Math.max(user, item, rating)) return 'FORM';
    if (fields[user] === '') return 'USER';
    if (fields[item] === '') return 'ITEM';
    const points = numberOf(fields[rating]);
    if (points === undefined) return 'RATING';
    const at = timeOf(fields[time]);
    if (at === undefined) return 'TIME';
    this.columns.add(fields[user], fields[item], points, at, this.#line);
    return undefined;
  }
}

const numberOf = (text: string): number | undefined =>
  /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;

/** Seconds, or whatever unit the file has; a date is read as UTC seconds. NaN: unknown. Undefined: not to be read. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return Number.NaN;
  const number = numberOf(text);
  if (number !== undefined) return number;
  const date = Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (Number.isFinite(date)) return date / 1_000;
  const day = Date.parse(text);
  return Number.isFinite(day) ? day / 1_000 : undefined;
}
