import type {
  AccountRow,
  QuarantineRow,
  RatingRow,
  RecommendationRow,
  RowKind,
  SegmentRow,
  WindowRows,
} from '@reelay/shared/storage';

/** Text id of an item. */
export type MovieIdOf = (itemId: number) => string;

/** Columns of a kind of rows, in order: name and value. Times are ISO 8601 in UTC. */
export type CsvColumns<Row> = readonly (readonly [
  name: string,
  value: (row: Row, movieIdOf: MovieIdOf) => string | number,
])[];

const secondsKept = 20_000;
const isoSeconds = new Map<number, string>();

/** Rows of a window share their seconds, so a text is made once for many of them. */
function isoSecond(time: number): string {
  const known = isoSeconds.get(time);
  if (known !== undefined) return known;
  if (isoSeconds.size >= secondsKept) isoSeconds.clear();
  const text = `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
  isoSeconds.set(time, text);
  return text;
}

const isoMillisecond = (row: RecommendationRow): string => new Date(row.time * 1000 + row.millisecond).toISOString();

const ratings: CsvColumns<RatingRow> = [
  ['time', (row) => isoSecond(row.time)],
  ['user_id', (row) => row.userId],
  ['movie_id', (row, movieIdOf) => movieIdOf(row.itemId)],
  ['rating', (row) => row.rating],
  ['item_id', (row) => row.itemId],
];

const segments: CsvColumns<SegmentRow> = [
  ['first_time', (row) => isoSecond(row.firstTime)],
  ['last_time', (row) => isoSecond(row.lastTime)],
  ['user_id', (row) => row.userId],
  ['movie_id', (row, movieIdOf) => movieIdOf(row.itemId)],
  ['first_minute', (row) => row.firstMinute],
  ['last_minute', (row) => row.lastMinute],
  ['lines', (row) => row.lines],
  ['item_id', (row) => row.itemId],
  ['first_offset', (row) => row.firstOffset],
];

const recommendations: CsvColumns<RecommendationRow> = [
  ['time', isoMillisecond],
  ['user_id', (row) => row.userId],
  ['status', (row) => row.status],
  ['latency_ms', (row) => row.latencyMs],
  ['result', (row) => row.result],
  ['line_hash', (row) => row.lineHash],
];

const accounts: CsvColumns<AccountRow> = [
  ['time', (row) => isoSecond(row.time)],
  ['user_id', (row) => row.userId],
  ['line_hash', (row) => row.lineHash],
];

const quarantine: CsvColumns<QuarantineRow> = [
  ['offset', (row) => row.offset],
  ['reason', (row) => row.reason],
  ['line', (row) => row.line],
];

export const csvColumns: { [Kind in RowKind]: CsvColumns<WindowRows[Kind][number]> } = {
  ratings,
  segments,
  recommendations,
  accounts,
  quarantine,
};

const lineEnd = '\r\n';
/** A field that starts so would be computed by a spreadsheet. */
const formulaStart = /^[=+\-@\t\r']/;
const needsQuotes = /[",\r\n]/;

/** A field of RFC 4180; one that a spreadsheet would take for a formula gets a `'` in front (and so does one that starts with `'`). */
export function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const safe = formulaStart.test(value) ? `'${value}` : value;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export const csvHeader = (kind: RowKind): string => csvColumns[kind].map(([name]) => name).join(',') + lineEnd;

export function csvLines<Kind extends RowKind>(kind: Kind, rows: WindowRows[Kind], movieIdOf: MovieIdOf): string {
  const columns = csvColumns[kind] as CsvColumns<unknown>;
  const last = columns.length - 1;
  let text = '';
  for (const row of rows) {
    for (let at = 0; at <= last; at += 1) {
      text += csvField(columns[at][1](row, movieIdOf)) + (at === last ? lineEnd : ',');
    }
  }
  return text;
}
