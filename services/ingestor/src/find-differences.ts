import type { RowKind } from '@reelay/shared/storage';
import { csvColumns } from './csv-columns.ts';
import { rowKey } from './row-sums.ts';

/** A row that is not the same in CSV and SQL. */
export interface CsvDifference {
  kind: RowKind;
  /** File and row (the header is row 1) in CSV; null: only in SQL. */
  file: string | null;
  row: number | null;
  /** First column that differs from the nearest row of the other side; null when there is no row like it there. */
  field: string | null;
  /** Value of that column, or the whole row when there is no row like it. */
  csv: string | null;
  sql: string | null;
}

export interface PlacedRow {
  fields: string[];
  file: string;
  row: number;
}

/** Rows of a kind that stand on one side only, each CSV row beside the SQL row that is most like it. */
export function findDifferences(kind: RowKind, inCsv: PlacedRow[], inSql: string[][]): CsvDifference[] {
  const [csv, sql] = withoutEqual(inCsv, inSql);
  const differences = csv.map((row) => {
    const place = nearest(row.fields, sql);
    const [like] = place < 0 ? [undefined] : sql.splice(place, 1);
    return differenceOf(kind, row, like);
  });
  return [...differences, ...sql.map((fields) => differenceOf(kind, undefined, fields))];
}

/** As many of the equal rows go as there are on both sides. */
function withoutEqual(inCsv: PlacedRow[], inSql: string[][]): [PlacedRow[], string[][]] {
  const left = new Map<string, string[][]>();
  for (const fields of inSql) {
    const key = rowKey(fields);
    left.set(key, [...(left.get(key) ?? []), fields]);
  }
  const csv = inCsv.filter(({ fields }) => left.get(rowKey(fields))?.pop() === undefined);
  return [csv, [...left.values()].flat()];
}

const equalFields = (one: string[], other: string[]): number =>
  one.filter((field, place) => field === other[place]).length;

/** Place of the row with the most equal fields, at least half of them; -1 when there is none. */
function nearest(fields: string[], rows: string[][]): number {
  let [best, most] = [-1, Math.ceil(fields.length / 2) - 1];
  rows.forEach((row, place) => {
    const equal = equalFields(fields, row);
    if (equal > most) [best, most] = [place, equal];
  });
  return best;
}

function differenceOf(kind: RowKind, csv: PlacedRow | undefined, sql: string[] | undefined): CsvDifference {
  const where = { kind, file: csv?.file ?? null, row: csv?.row ?? null };
  if (csv === undefined || sql === undefined) {
    return { ...where, field: null, csv: csv?.fields.join(',') ?? null, sql: sql?.join(',') ?? null };
  }
  const place = csv.fields.findIndex((field, at) => field !== sql[at]);
  return { ...where, field: csvColumns[kind][place][0], csv: csv.fields[place], sql: sql[place] };
}

/** For a person. */
export function describeDifference({ kind, file, row, field, csv, sql }: CsvDifference): string {
  if (file === null) return `${kind}: only in SQL: ${sql}`;
  const place = `${file}, row ${row}`;
  return field === null ? `${place}: only in CSV: ${csv}` : `${place}: ${field} is "${csv}" in CSV, "${sql}" in SQL`;
}
