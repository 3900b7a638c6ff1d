import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { emptyPlan } from '@reelay/shared/contracts';
import { openHistories, openPlans } from '@reelay/shared/messaging';
import { openArtifactStore, openLedger, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase, putTinyModel, tinyFirstItemId, waitUntil } from '@reelay/shared/testing';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

/** All that jobs over many users pass, a process each, on a RabbitMQ, a Redis and a MariaDB of its own. */
export interface JobPlatform {
  rabbitmq: NativeServer;
  gateways: [ServiceProcess, ServiceProcess];
  workers: [ServiceProcess, ServiceProcess];
  ledger: Ledger;
  ledgerUrl: string;
  output(): Promise<string>;
  close(): Promise<void>;
}

/** Large enough that a slice is some time in hand. */
const model = { version: '1-aaaaaa', items: 20_000, factors: 64, users: 1_000 };

export async function openJobPlatform(settings: Record<string, string>): Promise<JobPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-jobs-')));
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
    ...settings,
  };
  const make = (name: string, label: string) =>
    createServiceProcess({ name, label, folder: join(home, 'logs'), environment });
  const gateways: JobPlatform['gateways'] = [await make('gateway', 'gateway-1'), await make('gateway', 'gateway-2')];
  const workers: JobPlatform['workers'] = [
    await make('inference-worker', 'worker-1'),
    await make('inference-worker', 'worker-2'),
  ];
  const all = [...gateways, ...workers];
  const ledger = await openLedger(ledgerUrl);
  const platform: JobPlatform = {
    gateways,
    workers,
    ledger,
    ledgerUrl,
    rabbitmq: servers.get('rabbitmq')!,
    output: async () => (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
    async close() {
      await Promise.all(all.map((one) => one.stop()));
      await ledger.close();
      await stop();
      await forget();
    },
  };
  try {
    await release(environment, ledger);
    await Promise.all(all.map((one) => one.start()));
    for (const { url } of gateways)
      await waitUntil('it is ready', async () => (await fetch(`${url}/healthz`)).ok, 30_000);
    return platform;
  } catch (error) {
    const output = await platform.output();
    await platform.close();
    throw new Error(`the platform did not come up:\n${output}`, { cause: error });
  }
}

/** A drawn model as the plan's stable version, its items in the dictionary under their own integers, and a store of histories that is whole. */
async function release({ REDIS_URL, ARTIFACTS_URL }: { REDIS_URL: string; ARTIFACTS_URL: string }, ledger: Ledger) {
  const artifacts = await openArtifactStore(ARTIFACTS_URL);
  const histories = await openHistories(REDIS_URL);
  const plans = await openPlans(REDIS_URL);
  const { catalogue } = await putTinyModel(artifacts, model);
  const before = Array.from({ length: tinyFirstItemId - 1 }, (_, at) => `before+${at}+1900`);
  await ledger.itemIds([...before, ...catalogue.map(({ id }) => id)]);
  const time = 1_700_000_000;
  await histories.merge(Array.from({ length: 500 }, (_, at) => ({ userId: 1 + at * 3, itemId: tinyFirstItemId + at, minutes: 60, rating: 0, ratedAt: 0, time }))); // prettier-ignore
  await histories.markComplete();
  await plans.announce({ ...emptyPlan, epoch: 1, stable: model.version });
  for (const port of [artifacts, histories, plans]) await port.close();
}
