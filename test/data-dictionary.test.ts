import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openLedger } from '@reelay/shared/storage';
import { expect, test } from 'vitest';
import { csvColumns } from '../services/ingestor/src/csv-columns.ts';
import { differences, readDescribedTables, readDictionary, type Dictionary } from './data-dictionary.ts';

const page = (name: string): Promise<string> => readFile(join(import.meta.dirname, '../docs', name), 'utf8');

/** Both databases run the same steps; SQLite tells its columns without a server. */
async function realTables(): Promise<Dictionary> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-dictionary-'));
  try {
    const file = join(folder, 'ledger.db');
    await (await openLedger(`sqlite:${file}`)).close();
    const database = new DatabaseSync(file, { readOnly: true });
    const columns = database
      .prepare(
        `select t.name as tableName, c.name as columnName from sqlite_master t, pragma_table_info(t.name) c
          where t.type in ('table', 'view') and t.name not like 'sqlite%'`,
      )
      .all() as { tableName: string; columnName: string }[];
    database.close();
    const byTable = Map.groupBy(columns, ({ tableName }) => tableName);
    return new Map([...byTable].map(([table, rows]) => [table, new Set(rows.map(({ columnName }) => columnName))]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const documentedTables = (data: string, receipts: string): Dictionary =>
  new Map([...readDictionary(data, 'Tables'), ...readDescribedTables(receipts, 'Tables')]);

test('every table and column of the schema is in the data dictionary, and nothing else; a column that is left out is told', async () => {
  const [real, data, receipts] = [await realTables(), await page('data.md'), await page('receipts.md')];
  expect(real.size).toBeGreaterThan(20);
  expect(differences(real, documentedTables(data, receipts))).toEqual([]);
  const without = (text: string, name: string) => text.replaceAll(`\`${name}\``, name);
  expect(differences(real, documentedTables(without(data, 'owner_epoch'), receipts))).toEqual([
    'not documented: csv_files.owner_epoch',
    'not documented: progress.owner_epoch',
  ]);
  expect(differences(real, documentedTables(data, without(receipts, 'latency_ms')))).toEqual([
    'not documented: receipts.latency_ms',
  ]);
  const more = new Map([...real, ['planted', new Set(['column'])]]);
  expect(differences(more, documentedTables(data, receipts))).toEqual(['not documented: planted.column']);
});

test('every column of the CSV files is in the data dictionary, and nothing else', async () => {
  const data = await page('data.md');
  const real: Dictionary = new Map(
    Object.entries(csvColumns).map(([kind, columns]) => [kind, new Set(columns.map(([name]) => name))]),
  );
  expect(real.size).toBe(5);
  expect(differences(real, readDictionary(data, 'CSV'))).toEqual([]);
  real.get('ratings')?.add('planted');
  expect(differences(real, readDictionary(data, 'CSV'))).toEqual(['not documented: ratings.planted']);
});
