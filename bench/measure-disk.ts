/**
 * `node scripts/with-node.mjs bench/measure-disk.ts [--lines 1000000] [--ledger mysql://…/empty_database]`: ingests generated lines in a
 * temporary folder and prints what a row of each kind costs on disk, and what a day at 1,600 lines a second does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { loadConfig, systemClock } from '@reelay/shared/runtime';
import { openLedger, rowKinds, type Ledger } from '@reelay/shared/storage';
import { MysqlDatabase } from '../packages/shared/src/storage/mysql/mysql-database.ts';
import { MysqlPool } from '../packages/shared/src/storage/mysql/mysql-pool.ts';
import { createIngestor, ingestorConfig, verifyCsv } from '../services/ingestor/src/index.ts';
import { generateHour } from './generate-hour.ts';

const linesADay = 1_600 * 86_400;
const linesAtOnce = 10_000;
/** Lines of one viewing: a movie is watched for a little under two hours. */
const linesPerViewing = 100;
const { values } = parseArgs({
  options: { lines: { type: 'string', default: '1000000' }, ledger: { type: 'string' } },
});
const lines = Number(values.lines);
const home = await mkdtemp(join(tmpdir(), 'reelay-disk-'));
const ledgerUrl = values.ledger ?? `sqlite:${join(home, 'ledger.db')}`;
try {
  const ledger = await openLedger(ledgerUrl);
  const bytes = await ingest(ledger);
  await ledger.rollUpDay(Math.floor(Date.now() / 86_400_000));
  const [day] = await ledger.segmentDays();
  const verdict = await verifyCsv(ledger, join(home, 'csv'));
  if (!verdict.equal) throw new Error(verdict.differences.join('\n'));
  const csv = await csvBytes(ledger);
  await ledger.close();
  const sql = await sqlBytes();
  print(bytes, { rows: { ...verdict.rows, viewings: day.viewings ?? 0 }, csv, sql });
  console.log(`collapse: ${day.lines} watch lines : ${day.segments} segments : ${day.viewings} viewings`);
} finally {
  await rm(home, { recursive: true, force: true });
}

/** Returns the bytes of all lines. */
async function ingest(ledger: Ledger): Promise<number> {
  const eventLog = await openEventLog(`sqlite:${join(home, 'events.db')}`);
  const histories = await openHistories('memory:');
  const addresses = { EVENT_LOG_URL: 'given', LEDGER_URL: 'given', REDIS_URL: 'memory:', CSV_DIR: join(home, 'csv') };
  const config = loadConfig(ingestorConfig, { ...addresses, EVENT_PARTITIONS: '1' });
  const { log } = createMemoryLogger();
  const registry = createRegistry();
  const ingestor = createIngestor({ config, eventLog, ledger, histories, log, registry, clock: systemClock });
  let bytes = 0;
  let some: string[] = [];
  await ingestor.start();
  for (const line of generateHour(lines)) {
    bytes += line.length + 1;
    if (some.push(line) < linesAtOnce) continue;
    await eventLog.append(config.EVENT_TOPIC, some, { partition: 0 });
    some = [];
  }
  if (some.length > 0) await eventLog.append(config.EVENT_TOPIC, some, { partition: 0 });
  // Windows as large as they are in service: nothing is flushed by hand before all is read.
  while ((await ledger.counts()).lines.received + ingestor.state().gathered < lines) await systemClock.sleep(100);
  await ingestor.flush();
  await ingestor.stop();
  await histories.close();
  await eventLog.close();
  return bytes;
}

async function csvBytes(ledger: Ledger): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for (const { kind, committedBytes } of await ledger.csvFiles()) sizes[kind] = (sizes[kind] ?? 0) + committedBytes;
  return sizes;
}

/** Pages of each table with its indexes, full or not. */
async function sqlBytes(): Promise<Record<string, number>> {
  if (!values.ledger) {
    const database = new DatabaseSync(join(home, 'ledger.db'));
    const rows = database
      .prepare(
        'select m.tbl_name as name, sum(s.pgsize) as size from dbstat s join sqlite_master m on m.name = s.name group by 1',
      )
      .all();
    database.close();
    return Object.fromEntries(rows.map(({ name, size }) => [String(name), Number(size)]));
  }
  const database = new MysqlDatabase(new MysqlPool(values.ledger));
  const names = [...rowKinds, 'viewings'];
  await database.all(`analyze table ${names.join(', ')}`);
  const rows = await database.all<{ name: string; size: number }>(
    `select table_name as name, data_length + index_length as size from information_schema.tables
      where table_schema = database()`,
  );
  await database.close();
  return Object.fromEntries(rows.map(({ name, size }) => [name, Number(size)]));
}

function print(
  logBytes: number,
  { rows, csv, sql }: { rows: Record<string, number>; csv: Record<string, number>; sql: Record<string, number> },
): void {
  const kinds = Object.entries(rows).filter(([, count]) => count > 0);
  const table = kinds.map(([kind, count]) => {
    const rowsADay = kind === 'viewings' ? (linesADay * 0.985) / linesPerViewing : (count / lines) * linesADay;
    const [csvRow, sqlRow] = [(csv[kind] ?? 0) / (count || 1), (sql[kind] ?? 0) / (count || 1)];
    return {
      kind,
      rows: count,
      'CSV B/row': Math.round(csvRow),
      'SQL B/row': Math.round(sqlRow),
      'CSV GB/day': +((csvRow * rowsADay) / 1e9).toFixed(2),
      'SQL GB/day': +((sqlRow * rowsADay) / 1e9).toFixed(2),
    };
  });
  console.table(table);
  const share = (sizes: Record<string, number>) =>
    (Object.keys(rows).reduce((sum, kind) => sum + (sizes[kind] ?? 0), 0) / lines).toFixed(1);
  console.log(
    `${lines} lines of ${(logBytes / lines).toFixed(1)} bytes; ${share(csv)} bytes of CSV and ${share(sql)} of SQL a line`,
  );
}
