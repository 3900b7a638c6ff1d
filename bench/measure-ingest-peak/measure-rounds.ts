import type { Row } from '../print-table.ts';
import { measureMariadb } from './measure-mariadb.ts';
import { measureReceipts } from './measure-receipts.ts';
import { measureSqlite } from './measure-sqlite.ts';

export interface PeakOptions {
  /** Of a round. */
  lines: number;
  /** Segments in the table before the first round. */
  filledRows: number;
  rounds: number;
  parts: string[];
  nodeOptions: string[];
}

/** One part after another in a folder of their own. */
export async function measureIngestPeak(home: string, options: PeakOptions): Promise<Row[]> {
  const parts = { mariadb: measureMariadb, sqlite: measureSqlite, receipts: measureReceipts };
  const unknown = options.parts.filter((part) => !(part in parts));
  if (unknown.length > 0) throw new Error(`no part called ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}`);
  const rows: Row[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (options.parts.includes(name)) rows.push(...(await measure(home, options)));
  }
  return rows;
}
