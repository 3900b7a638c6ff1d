import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers } from '@reelay/native';
import { openEventLog, type EventLog } from '@reelay/shared/messaging';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase } from '@reelay/shared/testing';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

export const topic = 'movielog';
export const partitions = 2;

/** An ingestor as a process, on a Kafka and a MariaDB of its own; histories in its memory, since no row depends on them. */
export interface IngestPlatform {
  eventLog: EventLog;
  ledger: Ledger;
  csvDir: string;
  ingestor: ServiceProcess;
  /** Lines that are stored, over all partitions. */
  storedLines(): Promise<number>;
  /** Bytes in the CSV files that no transaction has committed. */
  uncommittedBytes(): Promise<number>;
  close(): Promise<void>;
}

export async function openIngestPlatform(): Promise<IngestPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-never-lost-')));
  const forget = () => rm(home, { recursive: true, force: true });
  const starting = startNativeServers(['kafka', 'mariadb'], { home: join(home, 'servers') });
  const { urls, stop } = await starting.catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const [eventLogUrl, serverUrl] = [urls.EVENT_LOG_URL!, urls.LEDGER_URL!];
  const ledgerUrl = (await createTemporaryDatabase(serverUrl)).url;
  const csvDir = join(home, 'csv');
  const ingestor = await createServiceProcess({
    name: 'ingestor',
    folder: join(home, 'logs'),
    environment: {
      EVENT_LOG_URL: eventLogUrl,
      LEDGER_URL: ledgerUrl,
      REDIS_URL: 'memory:',
      CSV_DIR: csvDir,
      EVENT_TOPIC: topic,
      // Small windows, so that a kill has many chances to fall into a commit.
      FLUSH_LINES: '1000',
      FLUSH_IDLE_MS: '200',
      // The group waits so long for a member that was killed.
      KAFKA_SESSION_TIMEOUT_MS: '2000',
    },
  });
  const eventLog = await openEventLog(eventLogUrl);
  const ledger = await openLedger(ledgerUrl);
  await eventLog.ensureTopic(topic, partitions);
  return {
    eventLog,
    ledger,
    csvDir,
    ingestor,
    storedLines: async () => (await ledger.progress(topic)).reduce((sum, { nextOffset }) => sum + nextOffset, 0),
    async uncommittedBytes() {
      const files = await ledger.csvFiles();
      const lengths = await Promise.all(files.map(({ path }) => stat(join(csvDir, path)).then(({ size }) => size)));
      return files.reduce((sum, { committedBytes }, place) => sum + lengths[place] - committedBytes, 0);
    },
    async close() {
      await ingestor.stop();
      await eventLog.close();
      await ledger.close();
      await stop();
      await forget();
    },
  };
}
