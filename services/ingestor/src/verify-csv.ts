import { messageOf } from '@reelay/shared/runtime';
import { rowKinds, type CsvFile, type Ledger, type RowKind } from '@reelay/shared/storage';
import { csvColumns, type CsvColumns, type MovieIdOf } from './csv-columns.ts';
import { describeDifference, findDifferences, type CsvDifference, type PlacedRow } from './find-differences.ts';
import { readCsv } from './read-csv.ts';
import { bucketOf, rowKey, RowSums } from './row-sums.ts';

const differencesMax = 20;
/** Of buckets that differ so many are looked at row by row: about a thousandth of the rows. */
const bucketsMax = 8;

export interface CsvVerdict {
  equal: boolean;
  /** First day (since 1970, UTC) that was compared; earlier files were removed by retention. 0: all. */
  fromDay: number;
  files: number;
  /** Rows in SQL by kind. */
  rows: Record<RowKind, number>;
  /** What was found, for people; at most 20 of them. */
  differences: string[];
  /** The rows among them, for programs. */
  places: CsvDifference[];
}

/**
 * Compares the committed parts of all CSV files with the rows of SQL stored on the same days, as multisets of rows, kind by kind.
 * First by sums of hashes, in memory that does not grow; then, where sums differ, row by row. Nothing on both sides is no equality: a
 * check over nothing says nothing.
 */
export async function verifyCsv(ledger: Ledger, csvDir: string): Promise<CsvVerdict> {
  const fromDay = await ledger.csvFromDay();
  const compared: Compared = {
    ledger,
    csvDir,
    fromDay,
    files: await comparedFiles(ledger),
    movieIdOf: await movieIds(ledger),
  };
  const rows: Record<RowKind, number> = { ratings: 0, segments: 0, recommendations: 0, accounts: 0, quarantine: 0 };
  const sums = new RowSums();
  const problems = await eachCsvRow(compared, (kind, { fields }) => sums.add(kind, rowKey(fields), 1));
  await eachSqlRow(compared, (kind, fields) => {
    sums.add(kind, rowKey(fields), -1);
    rows[kind] += 1;
  });
  const places = (await lookClosely(compared, sums)).slice(0, differencesMax);
  const differences = [...problems, ...places.map(describeDifference)];
  if (rowKinds.every((kind) => rows[kind] === 0)) differences.push('there is no row to compare');
  return {
    equal: differences.length === 0,
    fromDay,
    files: compared.files.length,
    rows,
    differences: differences.slice(0, differencesMax),
    places,
  };
}

interface Compared {
  ledger: Ledger;
  csvDir: string;
  fromDay: number;
  files: CsvFile[];
  movieIdOf: MovieIdOf;
}

/** Without segments of days whose segments are gone from SQL. */
async function comparedFiles(ledger: Ledger): Promise<CsvFile[]> {
  const gone = new Set((await ledger.segmentDays()).filter(({ dropped }) => dropped).map(({ day }) => day));
  return (await ledger.csvFiles()).filter(({ kind, storedDay }) => kind !== 'segments' || !gone.has(storedDay));
}

async function movieIds(ledger: Ledger): Promise<MovieIdOf> {
  const ids = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  return (itemId) => ids.get(itemId) ?? '';
}

/** Returns what is wrong with files as such. */
async function eachCsvRow(
  { files, csvDir }: Pick<Compared, 'files' | 'csvDir'>,
  onRow: (kind: RowKind, row: PlacedRow) => void,
): Promise<string[]> {
  const problems: string[] = [];
  for (const file of files) {
    let rows = 0;
    try {
      for await (const fields of readCsv(file, csvDir)) onRow(file.kind, { fields, file: file.path, row: ++rows + 1 });
      if (rows !== file.committedRows) problems.push(`${file.path}: ${rows} rows, ${file.committedRows} committed`);
    } catch (error) {
      problems.push(`${file.path}: ${messageOf(error)}`);
    }
  }
  return problems;
}

async function eachSqlRow(
  { ledger, fromDay, movieIdOf }: Compared,
  onRow: (kind: RowKind, fields: string[]) => void,
): Promise<void> {
  await ledger.allRows(
    (rows) => {
      for (const kind of rowKinds) {
        const columns = csvColumns[kind] as CsvColumns<unknown>;
        for (const row of rows[kind]) {
          onRow(
            kind,
            columns.map(([, value]) => String(value(row, movieIdOf))),
          );
        }
      }
    },
    { fromDay },
  );
}

/** Reads both sides once more and keeps the rows of a few buckets that differ. */
async function lookClosely(compared: Compared, sums: RowSums): Promise<CsvDifference[]> {
  const buckets = new Map(rowKinds.map((kind) => [kind, new Set(sums.different(kind).slice(0, bucketsMax))]));
  const kinds = rowKinds.filter((kind) => (buckets.get(kind)?.size ?? 0) > 0);
  if (kinds.length === 0) return [];
  const isWanted = (kind: RowKind, fields: string[]) => buckets.get(kind)?.has(bucketOf(rowKey(fields))) === true;
  const inCsv = new Map<RowKind, PlacedRow[]>(kinds.map((kind) => [kind, []]));
  const inSql = new Map<RowKind, string[][]>(kinds.map((kind) => [kind, []]));
  const files = compared.files.filter(({ kind }) => kinds.includes(kind));
  await eachCsvRow({ ...compared, files }, (kind, row) => {
    if (isWanted(kind, row.fields)) inCsv.get(kind)?.push(row);
  });
  await eachSqlRow(compared, (kind, fields) => {
    if (isWanted(kind, fields)) inSql.get(kind)?.push(fields);
  });
  return kinds.flatMap((kind) => findDifferences(kind, inCsv.get(kind) ?? [], inSql.get(kind) ?? []));
}
