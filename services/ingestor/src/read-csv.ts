import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import type { CsvFile } from '@reelay/shared/storage';
import { csvColumns } from './csv-columns.ts';

/**
 * Rows of the committed part of a file, as texts in the order of the columns; columns are found by name, so that files of a version
 * with more columns can be read, too. Throws when there are fewer bytes than were committed, or rows that cannot be read.
 */
export async function* readCsv({ path, kind, committedBytes }: CsvFile, csvDir: string): AsyncGenerator<string[]> {
  if (committedBytes === 0) return;
  let bytes = 0;
  const source = createReadStream(join(csvDir, path), { end: committedBytes - 1 });
  source.on('data', (chunk) => (bytes += chunk.length));
  const parser = source.pipe(parse({ columns: true }));
  source.on('error', (error) => parser.destroy(error));
  const names = csvColumns[kind].map(([name]) => name);
  for await (const record of parser) {
    const fields = record as Record<string, string>;
    yield names.map((name) => withoutGuard(fields[name] ?? ''));
  }
  if (bytes !== committedBytes) throw new Error(`${bytes} bytes, ${committedBytes} committed`);
}

/** See `csvField`. */
const withoutGuard = (field: string): string => (field.startsWith("'") ? field.slice(1) : field);
