import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventLog, openHistories } from '@reelay/shared/messaging';
import { createMemoryLogger, createRegistry } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import { openLedger } from '@reelay/shared/storage';
import { createTemporaryDatabase } from '@reelay/shared/testing';
import { createIngestor, ingestorConfig } from '../services/ingestor/src/index.ts';
import { badEvery } from '../test/faults/pump-lines.ts';
import { generateHour } from './generate-hour.ts';
import { row, type Row } from './print-table.ts';

const linesAtOnce = 10_000;

interface Servers {
  EVENT_LOG_URL: string;
  LEDGER_URL: string;
}

/** Lines a second from Kafka into CSV and MariaDB, with one bad record in 1,000 and without any, in turns. */
export async function measureBadRecords(
  servers: Servers,
  { rounds, lines }: { rounds: number; lines: number },
): Promise<{ rows: Row[]; lostShare: number }> {
  const good = Array.from(generateHour(lines)).filter((line) => !line.includes('/da ta/'));
  const bad = good.map((line, at) => (at % badEvery === 0 ? `no line of the log, number ${at}` : line));
  const rates = { without: [] as number[], with: [] as number[] };
  await ingest(servers, good.slice(0, lines / 4), 'warm-up');
  for (let round = 0; round < rounds; round++) {
    rates.without.push(await ingest(servers, good, `good-${round}`));
    rates.with.push(await ingest(servers, bad, `bad-${round}`));
  }
  const rows = [
    row('ingest without bad records', 'lines/s', rates.without),
    row('ingest with one bad record in 1,000', 'lines/s', rates.with),
  ];
  return { rows, lostShare: 1 - rows[1].median / rows[0].median };
}

/** From the first line gathered to the last one stored. */
async function ingest({ EVENT_LOG_URL, LEDGER_URL }: Servers, lines: string[], topic: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-bad-records-'));
  const database = await createTemporaryDatabase(LEDGER_URL);
  const eventLog = await openEventLog(EVENT_LOG_URL, { group: topic });
  const ledger = await openLedger(database.url);
  const histories = await openHistories('memory:');
  try {
    await eventLog.ensureTopic(topic, 1);
    for (let first = 0; first < lines.length; first += linesAtOnce)
      await eventLog.append(topic, lines.slice(first, first + linesAtOnce), { partition: 0 });
    const given = { EVENT_LOG_URL, LEDGER_URL, REDIS_URL: 'memory:', CSV_DIR: join(folder, 'csv'), EVENT_TOPIC: topic };
    const config = ingestorConfig.parse({ ...given, FLUSH_LINES: '100000' });
    const { log } = createMemoryLogger();
    const ports = { eventLog, ledger, histories };
    const ingestor = createIngestor({ ...ports, config, log, registry: createRegistry(), clock: systemClock });
    await ingestor.start();
    while (ingestor.state().gathered === 0) await systemClock.sleep(1);
    const startedAt = performance.now();
    const { received } = await ingestor.drained(topic, 120_000);
    const seconds = (performance.now() - startedAt) / 1_000;
    await ingestor.stop();
    if (received !== lines.length) throw new Error(`${received} of ${lines.length} lines received`);
    return received / seconds;
  } finally {
    await histories.close();
    await ledger.close();
    await eventLog.close();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}
