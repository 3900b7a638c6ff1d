import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { emptyPlan } from '@reelay/shared/contracts';
import { openPlans } from '@reelay/shared/messaging';
import { openArtifactStore, openLedger, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase, putTinyModel, waitUntil } from '@reelay/shared/testing';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

/** All that a receipt passes, a process each, on a RabbitMQ, a Redis and a MariaDB of its own. */
export interface ReceiptPlatform {
  rabbitmq: NativeServer;
  /** Each with a folder of its own for what the queue does not take. */
  gateways: [ServiceProcess, ServiceProcess];
  ingestor: ServiceProcess;
  ledger: Ledger;
  queueUrl: string;
  /** Batches in the folder of a gateway. */
  spilled(gateway: ServiceProcess): Promise<number>;
  output(): Promise<string>;
  close(): Promise<void>;
}

const modelVersion = '1-aaaaaa';
/** Nobody whose receipts are counted. */
const stranger = 900;

export async function openReceiptPlatform(): Promise<ReceiptPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-receipts-')));
  const forget = () => rm(home, { recursive: true, force: true });
  const starting = startNativeServers(['rabbitmq', 'redis', 'mariadb'], { home: join(home, 'servers') });
  const { urls, servers, stop } = await starting.catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const ledgerUrl = (await createTemporaryDatabase(urls.LEDGER_URL!)).url;
  const environment = {
    QUEUE_URL: urls.QUEUE_URL!,
    REDIS_URL: urls.REDIS_URL!,
    LEDGER_URL: ledgerUrl,
    ARTIFACTS_URL: `file:${home}/artifacts`,
    EVENT_LOG_URL: `sqlite:${home}/events.db`,
    CSV_DIR: join(home, 'csv'),
  };
  const make = (name: string, label = name) =>
    createServiceProcess({
      name,
      label,
      folder: join(home, 'logs'),
      environment: { ...environment, RECEIPTS_SPILL_DIR: join(home, 'spill', label) },
    });
  const gateways: [ServiceProcess, ServiceProcess] = [
    await make('gateway', 'first-gateway'),
    await make('gateway', 'second-gateway'),
  ];
  const [worker, ingestor] = await Promise.all([make('inference-worker'), make('ingestor')]);
  const all = [...gateways, worker, ingestor];
  const ledger = await openLedger(ledgerUrl);
  const platform: ReceiptPlatform = {
    rabbitmq: servers.get('rabbitmq')!,
    gateways,
    ingestor,
    ledger,
    queueUrl: urls.QUEUE_URL!,
    async spilled({ name }) {
      const names = await readdir(join(home, 'spill', name)).catch((): string[] => []);
      return names.filter((one) => one.endsWith('.receipts')).length;
    },
    output: async () => (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
    async close() {
      await Promise.all(all.map((one) => one.stop()));
      await ledger.close();
      await stop();
      await forget();
    },
  };
  try {
    await release(environment);
    // Two at a time: more at once only wait for each other.
    await Promise.all([worker, ingestor].map((one) => one.start()));
    await Promise.all(gateways.map((one) => one.start()));
    for (const gateway of gateways) await untilModelAnswers(gateway);
    return platform;
  } catch (error) {
    const output = await platform.output();
    await platform.close();
    throw new Error(`the platform did not come up:\n${output}`, { cause: error });
  }
}

/** A tiny model as the stable one, without trainer and release-manager. */
async function release({ ARTIFACTS_URL, REDIS_URL }: { ARTIFACTS_URL: string; REDIS_URL: string }): Promise<void> {
  const artifacts = await openArtifactStore(ARTIFACTS_URL);
  const plans = await openPlans(REDIS_URL);
  try {
    await putTinyModel(artifacts, { version: modelVersion });
    await plans.announce({ ...emptyPlan, epoch: 1, stable: modelVersion, salt: 'first' });
  } finally {
    await plans.close();
    await artifacts.close();
  }
}

const untilModelAnswers = (gateway: ServiceProcess): Promise<void> =>
  waitUntil(
    `${gateway.name} answers from the model`,
    async () => {
      const headers = { accept: 'application/json' };
      const response = await fetch(`${gateway.url}/recommend/${stranger}`, {
        headers,
        signal: AbortSignal.timeout(5_000),
      });
      return ((await response.json()) as { outcome?: string }).outcome !== 'fallback';
    },
    60_000,
  );
