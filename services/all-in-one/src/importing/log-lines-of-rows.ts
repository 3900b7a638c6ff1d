import type { BadRowReason } from './bad-rows.ts';
import type { ImportRows } from './import-rows.ts';
import type { RatingScale } from './rating-scale.ts';

const minutesMax = 2_000;
/** Times of rows that have none: from here on, a second a row. */
const unknownFrom = Date.UTC(2000, 0, 1) / 1_000;
const timeMax = Date.UTC(2100, 0, 1) / 1_000;
/** Larger than any time in seconds: such a column is in milliseconds. */
const millisecondsFrom = 1e11;

export interface LineNames {
  users: readonly number[];
  items: readonly string[];
  scale: RatingScale;
}

/** Why a row that was read does not become a line. */
export function refusalOf(
  { named, isMinutes }: ImportRows,
  row: number,
  { factor, max }: RatingScale,
): BadRowReason | undefined {
  const value = named.table.rating[row];
  const at = secondsOf(named.table.time[row], row);
  if (!(at >= 0 && at < timeMax)) return 'TIME';
  if (isMinutes(row)) return value > 0 && value <= minutesMax ? undefined : 'MINUTES';
  const points = value * factor;
  return points >= 1 && points <= max && Number.isInteger(points) ? undefined : 'RATING_RANGE';
}

/** The rows as lines of the log, oldest first: one a rating, one for each minute watched. Rows that are refused give none. */
export function* logLinesOfRows(rows: ImportRows, { users, items, scale }: LineNames): Generator<string> {
  const { user, item, rating, time } = rows.named.table;
  const order = Int32Array.from({ length: rating.length }, (_, row) => row);
  order.sort((a, b) => secondsOf(time[a], a) - secondsOf(time[b], b) || a - b);
  for (const row of order) {
    if (refusalOf(rows, row, scale) !== undefined) continue;
    const at = Math.floor(secondsOf(time[row], row));
    const who = users[user[row]];
    const what = items[item[row]];
    if (!rows.isMinutes(row)) yield `${stamp(at)},${who},GET /rate/${what}=${rating[row] * scale.factor}`;
    else for (let minute = 0; minute < rating[row]; minute += 1) yield `${stamp(at)},${who},GET /data/m/${what}/${minute}.mpg`; // prettier-ignore
  }
  // What is no row goes into the log too: it is refused there, and stays in quarantine.
  for (const { line, reason, text } of rows.badRows) yield `import line ${line} ${reason}: ${text}`;
}

function secondsOf(time: number, row: number): number {
  if (Number.isNaN(time)) return unknownFrom + row;
  return Math.abs(time) >= millisecondsFrom ? time / 1_000 : time;
}

const stamp = (seconds: number): string => new Date(seconds * 1_000).toISOString().slice(0, 19);
