import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openEventLog } from '@reelay/shared/messaging';
import { openLedger } from '@reelay/shared/storage';
import { SqliteDatabase } from '../../packages/shared/src/storage/sqlite/sqlite-database.ts';
import { row, type Row } from '../print-table.ts';
import { checkStored, type Stored } from './check-stored.ts';
import type { PeakOptions } from './measure-rounds.ts';
import { produceLines } from './produce-lines.ts';
import { runIngestor, type IngestorRun } from './run-ingestor.ts';

/** The embedded log → ingestor → CSV and SQLite; the tables grow from round to round. */
export async function measureSqlite(home: string, options: PeakOptions): Promise<Row[]> {
  const folder = join(home, 'embedded');
  await mkdir(folder, { recursive: true });
  const urls = {
    EVENT_LOG_URL: `sqlite:${join(folder, 'events.db')}`,
    LEDGER_URL: `sqlite:${join(folder, 'ledger.db')}`,
  };
  const [eventLog, ledger] = [await openEventLog(urls.EVENT_LOG_URL), await openLedger(urls.LEDGER_URL)];
  const database = await SqliteDatabase.open(join(folder, 'ledger.db'));
  const rounds: { rate: number; run: IngestorRun; stored: Stored }[] = [];
  try {
    for (let round = 0; round < options.rounds; round += 1) {
      const produced = await produceLines(eventLog, `embedded-${round}`, options.lines, round);
      const environment = { ...urls, REDIS_URL: 'memory:', CSV_DIR: join(folder, 'csv') };
      const run = await runIngestor(ledger, { folder, environment, nodeOptions: options.nodeOptions, ...produced });
      const stored = await checkStored(ledger, database, join(folder, 'csv'), produced);
      rounds.push({ rate: produced.lines / run.seconds, run, stored });
      console.error(JSON.stringify(rounds.at(-1)));
    }
  } finally {
    await Promise.allSettled([eventLog.close(), ledger.close(), database.close()]);
  }
  const perLine = (seconds: number) => (seconds * 1e6) / options.lines;
  return [
    row(
      'embedded log → CSV and SQLite',
      'lines/s',
      rounds.map(({ rate }) => rate),
      `${rounds[0].stored.segments} segments a round`,
    ),
    row(
      'CPU of the ingestor, embedded',
      'µs/line',
      rounds.map(({ run }) => perLine(run.cpuSeconds)),
    ),
  ];
}
