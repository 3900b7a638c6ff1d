import { join } from 'node:path';
import { startNativeServers, type NativeServerName } from '@reelay/native';
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { MysqlDatabase } from '../../packages/shared/src/storage/mysql/mysql-database.ts';
import { MysqlPool } from '../../packages/shared/src/storage/mysql/mysql-pool.ts';
import { row, type Row } from '../print-table.ts';
import { checkStored, type Stored } from './check-stored.ts';
import { fillSegments } from './fill-segments.ts';
import { insertByLine } from './insert-by-line.ts';
import type { PeakOptions } from './measure-rounds.ts';
import { produceLines } from './produce-lines.ts';
import { readBare } from './read-bare.ts';
import { cpuSecondsOf, runIngestor, type IngestorRun } from './run-ingestor.ts';

interface Round {
  bare: number;
  ingest: number;
  byLine: number;
  run: IngestorRun;
  serverCpu: Record<string, number>;
  stored: Stored;
}

/** Kafka → ingestor → CSV and MariaDB, beside the bare consumer and one insert per line; histories go to a Redis that is whole. */
export async function measureMariadb(home: string, options: PeakOptions): Promise<Row[]> {
  const names: NativeServerName[] = ['kafka', 'mariadb', 'redis'];
  const native = await startNativeServers(names, { home: join(home, 'servers') });
  const { EVENT_LOG_URL = '', LEDGER_URL = '', REDIS_URL = '' } = native.urls;
  const [eventLog, ledger] = [await openEventLog(EVENT_LOG_URL), await openLedger(LEDGER_URL)];
  const database = new MysqlDatabase(new MysqlPool(LEDGER_URL));
  try {
    const fillSeconds = await fill(ledger, LEDGER_URL, options.filledRows);
    console.error(`${options.filledRows} segments filled in ${fillSeconds.toFixed(1)} s`);
    const histories = await openHistories(REDIS_URL);
    await histories.markComplete();
    await histories.close();
    const environment = { EVENT_LOG_URL, LEDGER_URL, REDIS_URL, CSV_DIR: join(home, 'csv') };
    const cpuNow = async () =>
      Object.fromEntries(
        await Promise.all([...native.servers.values()].map(async ({ name, pid }) => [name, await cpuSecondsOf(pid)])),
      ) as Record<string, number>;
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const produced = await produceLines(eventLog, `peak-${round}`, options.lines, round);
      const bare = produced.lines / (await readBare(EVENT_LOG_URL, produced.topic, produced.lines));
      const before = await cpuNow();
      const settings = { folder: home, environment, nodeOptions: options.nodeOptions };
      const run = await runIngestor(ledger, { ...settings, ...produced });
      const after = await cpuNow();
      const serverCpu = Object.fromEntries(names.map((name) => [name, after[name] - before[name]]));
      const stored = await checkStored(ledger, database, join(home, 'csv'), produced);
      const byLine = await insertByLine(database);
      rounds.push({ bare, ingest: produced.lines / run.seconds, byLine, run, serverCpu, stored });
      console.error(JSON.stringify(rounds.at(-1)));
    }
    return rowsOf(rounds, options);
  } finally {
    await Promise.allSettled([eventLog.close(), ledger.close(), database.close()]);
    await native.stop();
  }
}

async function fill(ledger: Ledger, url: string, rows: number): Promise<number> {
  const startedAt = performance.now();
  const { streamId } = await ledger.claim('filled', 0);
  if (rows > 0) await fillSegments(url, { rows, streamId, day: Math.floor(Date.now() / 86_400_000) });
  return (performance.now() - startedAt) / 1_000;
}

function rowsOf(rounds: Round[], { lines, filledRows }: PeakOptions): Row[] {
  const perLine = (seconds: number) => (seconds * 1e6) / lines;
  const { stored } = rounds[0];
  const shares = `${lines} lines: ${stored.segments} segments, ${stored.ratings} ratings, ${stored.requests} requests, ${stored.quarantined} refused`;
  return [
    row(
      'Kafka → CSV and MariaDB',
      'lines/s',
      rounds.map(({ ingest }) => ingest),
      `${filledRows} segments before; ${shares}`,
    ),
    row(
      'bare consumer of kafkajs',
      'lines/s',
      rounds.map(({ bare }) => bare),
    ),
    row(
      'one insert per line',
      'lines/s',
      rounds.map(({ byLine }) => byLine),
      'empty table without an index',
    ),
    row(
      'commit of a window',
      's',
      rounds.map(({ run }) => median(run.commitSeconds)),
      `${rounds[0].run.commitSeconds.length} windows a round; the next one gathers meanwhile`,
    ),
    row(
      'CPU of the ingestor',
      'µs/line',
      rounds.map(({ run }) => perLine(run.cpuSeconds)),
      'start of the process included',
    ),
    row(
      'CPU of MariaDB',
      'µs/line',
      rounds.map(({ serverCpu }) => perLine(serverCpu.mariadb)),
    ),
    row(
      'CPU of Kafka',
      'µs/line',
      rounds.map(({ serverCpu }) => perLine(serverCpu.kafka)),
    ),
    row(
      'CPU of Redis',
      'µs/line',
      rounds.map(({ serverCpu }) => perLine(serverCpu.redis)),
    ),
    row(
      'memory of the ingestor, highest',
      'MiB',
      rounds.map(({ run }) => run.residentMiB),
    ),
  ];
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
