import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { messageOf } from '@reelay/shared/runtime';
import { rowKinds, type CsvFile, type Ledger, type RowKind } from '@reelay/shared/storage';
import { csvColumns, type CsvColumns } from './csv-columns.ts';
import { RowBalance } from './row-balance.ts';

const differencesMax = 20;

export interface CsvVerdict {
  equal: boolean;
  /** Rows in SQL by kind. */
  rows: Record<RowKind, number>;
  /** What was found, for people; at most 20 of them. */
  differences: string[];
}

/**
 * Compares the committed parts of all CSV files with all rows of SQL, as multisets of rows, kind by kind. Nothing on both
 * sides is no equality: a check over nothing says nothing.
 */
export async function verifyCsv(ledger: Ledger, csvDir: string): Promise<CsvVerdict> {
  const files = await ledger.csvFiles();
  const balance = new RowBalance();
  const rows: Record<RowKind, number> = { ratings: 0, segments: 0, recommendations: 0, accounts: 0, quarantine: 0 };
  const differences = await addFiles(files, csvDir, balance);
  await subtractSql(ledger, balance, rows);
  for (const { kind, row, surplus } of balance.differences()) {
    differences.push(`${kind}: ${surplus > 0 ? `${surplus} × only in CSV` : `${-surplus} × only in SQL`}: ${row}`);
  }
  if (rowKinds.every((kind) => rows[kind] === 0)) differences.push('there is no row to compare');
  return { equal: differences.length === 0, rows, differences: differences.slice(0, differencesMax) };
}

async function addFiles(files: CsvFile[], csvDir: string, balance: RowBalance): Promise<string[]> {
  const differences: string[] = [];
  for (const file of files) {
    try {
      const rows = await addFile(file, csvDir, balance);
      if (rows !== file.committedRows) differences.push(`${file.path}: ${rows} rows, ${file.committedRows} committed`);
    } catch (error) {
      differences.push(`${file.path}: ${messageOf(error)}`);
    }
  }
  return differences;
}

/** Adds the rows of the committed part of one file; returns their number. */
async function addFile({ path, kind, committedBytes }: CsvFile, csvDir: string, balance: RowBalance): Promise<number> {
  if (committedBytes === 0) return 0;
  let bytes = 0;
  const source = createReadStream(join(csvDir, path), { end: committedBytes - 1 });
  source.on('data', (chunk) => (bytes += chunk.length));
  const expected = csvColumns[kind].map(([name]) => name);
  // Columns by name: files of a later version with more columns can still be read.
  const parser = source.pipe(parse({ columns: true }));
  source.on('error', (error) => parser.destroy(error));
  let rows = 0;
  for await (const record of parser) {
    const fields = record as Record<string, string>;
    balance.add(
      kind,
      expected.map((name) => withoutGuard(fields[name] ?? '')),
      1,
    );
    rows += 1;
  }
  if (bytes !== committedBytes) throw new Error(`${bytes} bytes, ${committedBytes} committed`);
  return rows;
}

/** See `csvField`. */
const withoutGuard = (field: string): string => (field.startsWith("'") ? field.slice(1) : field);

async function subtractSql(ledger: Ledger, balance: RowBalance, counts: Record<RowKind, number>): Promise<void> {
  const movieIds = new Map((await ledger.items()).map(({ itemId, movie }) => [itemId, movie.id]));
  const movieIdOf = (itemId: number) => movieIds.get(itemId) ?? '';
  await ledger.allRows((rows) => {
    for (const kind of rowKinds) {
      const columns = csvColumns[kind] as CsvColumns<unknown>;
      for (const row of rows[kind])
        balance.add(
          kind,
          columns.map(([, value]) => String(value(row, movieIdOf))),
          -1,
        );
      counts[kind] += rows[kind].length;
    }
  });
}
