import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import { trainCandidate, writeHistory } from './make-model.ts';
import { createServiceProcess, type ServiceProcess } from './service-process.ts';

/** All that answers, a process each, on a RabbitMQ and a Redis of its own; rows and log in SQLite, which no answer needs. */
export interface AnsweringPlatform {
  rabbitmq: NativeServer;
  redis: NativeServer;
  gateway: ServiceProcess;
  /** With far too much patience: the fault that the check must find. */
  patientGateway: ServiceProcess;
  worker: ServiceProcess;
  /** Those with a history. */
  knownUsers: Set<number>;
  /** Kills Redis and takes its file away. */
  loseRedis(): Promise<void>;
  /** What the services wrote last. */
  output(): Promise<string>;
  close(): Promise<void>;
}

const historyLines = 20_000;
/** Whatever hangs must end before the hook's own time, or nobody stops what was started. */
const callMs = 25_000;

export async function openAnsweringPlatform(): Promise<AnsweringPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-never-late-')));
  const forget = () => rm(home, { recursive: true, force: true });
  const starting = startNativeServers(['rabbitmq', 'redis'], { home: join(home, 'servers') });
  const { urls, servers, stop } = await starting.catch(async (error: unknown) => {
    await forget();
    throw error;
  });
  const environment = {
    ...urls,
    LEDGER_URL: `sqlite:${home}/ledger.db`,
    EVENT_LOG_URL: `sqlite:${home}/events.db`,
    ARTIFACTS_URL: `file:${home}/artifacts`,
    CSV_DIR: join(home, 'csv'),
  };
  const make = (name: string, settings: Record<string, string> = {}, label = name) =>
    createServiceProcess({ name, label, folder: join(home, 'logs'), environment: { ...environment, ...settings } });
  const [gateway, patientGateway, worker, ingestor, releaseManager] = await Promise.all([
    make('gateway'),
    make('gateway', { REPLY_TIMEOUT_MS: '5000' }, 'patient-gateway'),
    make('inference-worker'),
    make('ingestor'),
    make('release-manager'),
  ]);
  const all = [gateway, patientGateway, worker, ingestor, releaseManager];
  const close = async () => {
    await Promise.all(all.map((one) => one.stop()));
    await stop();
    await forget();
  };
  const platform = {
    rabbitmq: servers.get('rabbitmq')!,
    redis: servers.get('redis')!,
    gateway,
    patientGateway,
    worker,
    async loseRedis() {
      await platform.redis.kill();
      const data = join(home, 'servers/redis/data');
      await rm(data, { recursive: true });
      await mkdir(data);
    },
    output: async () => (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
    close,
  };
  try {
    await writeHistory(environment.EVENT_LOG_URL, 'movielog', historyLines);
    await Promise.all([ingestor, releaseManager, worker].map((one) => one.start()));
    await ingestAll(ingestor);
    const knownUsers = await trainCandidate(environment);
    await Promise.all([gateway, patientGateway].map((one) => one.start()));
    for (const one of [gateway, patientGateway]) await untilAnswersComeFromTheModel(one);
    return { ...platform, knownUsers };
  } catch (error) {
    const output = await platform.output();
    await close();
    throw new Error(`the platform did not come up:\n${output}`, { cause: error });
  }
}

async function ingestAll(ingestor: ServiceProcess): Promise<void> {
  await waitUntil('the history is ingested', async () => {
    const response = await fetch(`${ingestor.adminUrl}/admin/flush`, {
      method: 'POST',
      signal: AbortSignal.timeout(callMs),
    });
    return ((await response.json()) as { drained?: boolean }).drained === true;
  });
}

/** A row of them: then plan, lists and connections are there, and the hot paths compiled. */
async function untilAnswersComeFromTheModel(gateway: ServiceProcess): Promise<void> {
  let row = 0;
  await waitUntil(`${gateway.name} answers from the model`, async () => {
    const headers = { accept: 'application/json' };
    const response = await fetch(`${gateway.url}/recommend/${400_000 + row}`, {
      headers,
      signal: AbortSignal.timeout(callMs),
    });
    const { outcome } = (await response.json()) as { outcome?: string };
    row = outcome === 'model' || outcome === 'cache' ? row + 1 : 0;
    return row === 50;
  });
}
