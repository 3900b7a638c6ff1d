import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const parts = { mariadb: measureMariadb, sqlite: measureSqlite, receipts: measureReceipts };

export const partNames = Object.keys(parts);

/** One part after another, with servers of its own, in a temporary folder that is removed at the end. */
export async function measureIngestPeak(options: PeakOptions): Promise<Row[]> {
  const unknown = options.parts.filter((part) => !(part in parts));
  if (unknown.length > 0) throw new Error(`no part called ${unknown.join(', ')}: ${partNames.join(', ')}`);
  const home = await mkdtemp(join(tmpdir(), 'reelay-ingest-peak-'));
  try {
    const rows: Row[] = [];
    for (const [name, measure] of Object.entries(parts)) {
      if (options.parts.includes(name)) rows.push(...(await measure(home, options)));
    }
    return rows;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
