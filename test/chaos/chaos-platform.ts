import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { openBatchQueue, openEventLog, type BatchQueue, type EventLog } from '@reelay/shared/messaging';
import { openLedger, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase } from '@reelay/shared/testing';
import { createServiceProcess, type ServiceProcess } from '../faults/service-process.ts';

export const topic = 'movielog';
export const partitions = 6;
const namespace = 'chaos';

/** An ingestor as a process, and what it says of itself. */
export interface IngestorProcess extends ServiceProcess {
  /** One of its metrics, by name and labels as they stand in `/metrics`; 0 when it does not answer. */
  metric(name: string): Promise<number>;
  /** How often its log has this text, over all its lives. */
  logged(text: string): Promise<number>;
}

export interface IngestorOptions {
  environment?: Record<string, string>;
  /** In place of the service's own `main.ts`. */
  program?: string;
}

/** Real servers of its own, and as many ingestors on them as a test makes. */
export interface ChaosPlatform {
  eventLogUrl: string;
  servers: NativeServer[];
  /** The driver's own connections. */
  eventLog: EventLog;
  ledger: Ledger;
  batches: BatchQueue;
  csvDir: string;
  /** A process that does not run yet; stopped with the platform. */
  createIngestor(label: string, options?: IngestorOptions): Promise<IngestorProcess>;
  close(): Promise<void>;
}

export async function openChaosPlatform(): Promise<ChaosPlatform> {
  // Each process that is started looks after its end by one listener.
  process.setMaxListeners(100);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-chaos-')));
  const undo: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await openParts(home, undo)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openParts(home: string, undo: (() => Promise<unknown>)[]): Promise<Omit<ChaosPlatform, 'close'>> {
  const all = ['rabbitmq', 'redis', 'kafka', 'mariadb'] as const;
  const { urls, servers, stop } = await startNativeServers(all, { home: join(home, 'servers') });
  undo.push(stop);
  const eventLogUrl = urls.EVENT_LOG_URL!;
  const ledgerUrl = (await createTemporaryDatabase(urls.LEDGER_URL!)).url;
  const csvDir = join(home, 'csv');
  const own = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const port = await opening;
    undo.push(() => port.close());
    return port;
  };
  const ledger = await own(openLedger(ledgerUrl));
  const eventLog = await own(openEventLog(eventLogUrl));
  const batches = await own(openBatchQueue(urls.QUEUE_URL!, { namespace }));
  await eventLog.ensureTopic(topic, partitions);
  const environment = {
    EVENT_LOG_URL: eventLogUrl,
    LEDGER_URL: ledgerUrl,
    REDIS_URL: urls.REDIS_URL!,
    QUEUE_URL: urls.QUEUE_URL!,
    NAMESPACE: namespace,
    CSV_DIR: csvDir,
    EVENT_TOPIC: topic,
    EVENT_PARTITIONS: String(partitions),
    // Small windows, so that a fault has many chances to fall into a commit.
    FLUSH_LINES: '500',
    FLUSH_LOG_MINUTES: '1440',
    FLUSH_IDLE_MS: '300',
    // The group waits so long for a member that is gone or held.
    KAFKA_SESSION_TIMEOUT_MS: '2500',
  };
  return {
    eventLogUrl,
    servers: [...servers.values()],
    eventLog,
    ledger,
    batches,
    csvDir,
    async createIngestor(label, { environment: more = {}, program } = {}) {
      const folder = join(home, 'logs');
      const options = { name: 'ingestor', label, folder, environment: { ...environment, ...more }, program };
      const ingestor = withFigures(await createServiceProcess(options), join(folder, `${label}.log`));
      undo.push(() => ingestor.kill());
      return ingestor;
    },
  };
}

function withFigures(ingestor: ServiceProcess, logFile: string): IngestorProcess {
  const metrics = () =>
    fetch(`${ingestor.adminUrl}/metrics`, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.text(),
      () => '',
    );
  // A spread would read `pid` once and for all.
  return Object.assign(Object.create(ingestor) as ServiceProcess, {
    async metric(name: string) {
      const line = (await metrics()).split('\n').find((line) => line.startsWith(`${name} `));
      return line === undefined ? 0 : Number(line.slice(name.length + 1));
    },
    logged: async (text: string) => (await readFile(logFile, 'utf8').catch(() => '')).split(text).length - 1,
  });
}
