import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer, type NativeUrls } from '@reelay/native';
import { openBatchQueue, openEventLog, type BatchQueue, type EventLog } from '@reelay/shared/messaging';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase, openFaultProxy, type FaultProxy } from '@reelay/shared/testing';
import { openLimitedFolder, type LimitedFolder } from './limited-disk.ts';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

export const topic = 'movielog';
export const partitions = 2;

/** An ingestor as a process, on Kafka, MariaDB and RabbitMQ of its own; a fault proxy stands before the last two. */
export interface IngestFaultWorld {
  home: string;
  ingestor: ServiceProcess;
  sql: FaultProxy;
  queue: FaultProxy;
  kafka: NativeServer;
  disk: LimitedFolder;
  /** These go past the proxies. */
  eventLog: EventLog;
  ledger: Ledger;
  batches: BatchQueue;
  /** Addresses of the servers, past the proxies. */
  urls: NativeUrls;
  /** Addresses as the ingestor has them. */
  environment: Record<string, string>;
  /** Lines that are stored, over all partitions. */
  storedLines(): Promise<number>;
  /** A metric of the ingestor: the sum of its series whose labels contain `labels`. */
  metric(name: string, labels?: string): Promise<number>;
  /** Log lines of the ingestor with this text, oldest first. */
  logged(msg: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** `settings` are those of the ingestor. */
export async function openIngestFaultWorld(settings: Record<string, string> = {}): Promise<IngestFaultWorld> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-ingest-faults-')));
  const undo: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => console.log(error));
  };
  try {
    const { urls, servers, stop } = await startNativeServers(['kafka', 'mariadb', 'rabbitmq'], {
      home: join(home, 'servers'),
    });
    undo.push(stop);
    const own = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
      const opened = await opening;
      undo.push(() => opened.close());
      return opened;
    };
    const database = (await createTemporaryDatabase(urls.LEDGER_URL!)).url;
    const sql = await own(openFaultProxy(database));
    const queue = await own(openFaultProxy(urls.QUEUE_URL!));
    const disk = await own(openLimitedFolder(join(home, 'csv')));
    const ports = {
      eventLog: await own(openEventLog(urls.EVENT_LOG_URL!)),
      ledger: await own(openLedger(database)),
      batches: await own(openBatchQueue(urls.QUEUE_URL!)),
    };
    await ports.eventLog.ensureTopic(topic, partitions);
    const environment = {
      EVENT_LOG_URL: urls.EVENT_LOG_URL!,
      LEDGER_URL: sql.url,
      QUEUE_URL: queue.url,
      // No row depends on histories.
      REDIS_URL: 'memory:',
      CSV_DIR: disk.folder,
      EVENT_TOPIC: topic,
      ...disk.environment,
      ...settings,
    };
    const folder = join(home, 'logs');
    const ingestor = await createServiceProcess({ name: 'ingestor', folder, environment });
    undo.push(() => ingestor.stop());
    const world = { home, urls, ingestor, sql, queue, disk, environment, kafka: servers.get('kafka')!, ...ports };
    return {
      ...world,
      storedLines: async () =>
        (await ports.ledger.progress(topic)).reduce((sum, { nextOffset }) => sum + nextOffset, 0),
      metric: (name, labels = '') => readMetric(ingestor.adminUrl, name, labels),
      logged: (msg) => readLog(join(folder, 'ingestor.log'), msg),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readMetric(adminUrl: string, name: string, labels: string): Promise<number> {
  const response = await fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const series = (await response.text()).split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line));
  if (series.length === 0) throw new Error(`the ingestor has no metric ${name}`);
  return series.filter((line) => line.includes(labels)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function readLog(path: string, msg: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((line) => {
    // A line that is being written has no end yet.
    if (!line.startsWith('{') || !line.endsWith('}')) return [];
    const entry = JSON.parse(line) as Record<string, unknown>;
    return entry.msg === msg ? [entry] : [];
  });
}
