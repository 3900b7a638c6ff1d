import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@reelay/shared/runtime';
import { endWorkers, type AutoscalerView } from '../../services/autoscaler/src/index.ts';
import { startNativeServers, type NativeServer } from '@reelay/native';
import { waitUntil } from '@reelay/shared/testing';
import { trainCandidate, writeHistory } from '../faults/make-model.ts';
import { createServiceProcess, type ServiceProcess } from '../faults/service-process.ts';

/** A gateway, an autoscaler and its workers, which wait 20 ms a job, on a RabbitMQ and a Redis of their own. */
export interface ScalingPlatform {
  rabbitmq: NativeServer;
  gateway: ServiceProcess;
  autoscaler: ServiceProcess;
  /** Hides all metrics from the autoscaler while the file exists. */
  blindFile: string;
  /** Holds a record of each worker. */
  workersFolder: string;
  workers(): Promise<AutoscalerView>;
  output(): Promise<string>;
  close(): Promise<void>;
}

const historyLines = 20_000;

/** `settings` are the autoscaler's. */
export async function openScalingPlatform(settings: Record<string, string> = {}): Promise<ScalingPlatform> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-scaling-')));
  const forget = () => rm(home, { recursive: true, force: true });
  const { urls, servers, stop } = await startNativeServers(['rabbitmq', 'redis'], { home: join(home, 'servers') });
  const environment = {
    ...urls,
    LEDGER_URL: `sqlite:${home}/ledger.db`,
    EVENT_LOG_URL: `sqlite:${home}/events.db`,
    ARTIFACTS_URL: `file:${home}/artifacts`,
    CSV_DIR: join(home, 'csv'),
  };
  const make = (name: string, own: Record<string, string> = {}, program?: string) =>
    createServiceProcess({ name, program, folder: join(home, 'logs'), environment: { ...environment, ...own } });
  const workersFolder = join(home, 'workers');
  const blindFile = join(home, 'blind');
  const gateway = await make('gateway');
  const scaling = {
    WORKERS_DIR: workersFolder,
    WORKER_PROGRAM: join(import.meta.dirname, 'waiting-worker.fixture.ts'),
    LOG_DIR: join(home, 'logs'),
    GATEWAY_ADMIN_URLS: gateway.adminUrl,
    BLIND_FILE: blindFile,
    BATCH_WORKERS_MAX: '0',
    ...settings,
  };
  const autoscaler = await make('autoscaler', scaling, join(import.meta.dirname, 'blinded-autoscaler.fixture.ts'));
  const [ingestor, releaseManager] = await Promise.all([make('ingestor'), make('release-manager')]);
  const all = [gateway, autoscaler, ingestor, releaseManager];
  const platform: ScalingPlatform = {
    rabbitmq: servers.get('rabbitmq')!,
    gateway,
    autoscaler,
    blindFile,
    workersFolder,
    workers: () => readWorkers(autoscaler),
    output: async () => (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
    async close() {
      await Promise.all(all.map((one) => one.stop()));
      await endWorkers(workersFolder, systemClock);
      await stop();
      await forget();
    },
  };
  try {
    await writeHistory(environment.EVENT_LOG_URL, 'movielog', historyLines);
    await Promise.all([ingestor, releaseManager].map((one) => one.start()));
    await waitUntil('the history is ingested', () => drained(ingestor));
    await trainCandidate(environment);
    await ingestor.stop();
    await Promise.all([gateway, autoscaler].map((one) => one.start()));
    await untilAnswersComeFromTheModel(gateway);
    return platform;
  } catch (error) {
    const output = await platform.output();
    await platform.close();
    throw new Error(`the platform did not come up:\n${output}`, { cause: error });
  }
}

async function readWorkers({ adminUrl }: ServiceProcess): Promise<AutoscalerView> {
  const response = await fetch(`${adminUrl}/admin/workers`, { signal: AbortSignal.timeout(2_000) });
  return (await response.json()) as AutoscalerView;
}

async function drained({ adminUrl }: ServiceProcess): Promise<boolean> {
  const response = await fetch(`${adminUrl}/admin/flush`, { method: 'POST', signal: AbortSignal.timeout(25_000) });
  return ((await response.json()) as { drained?: boolean }).drained === true;
}

/** A row of them: plan, lists and connections are there then. */
async function untilAnswersComeFromTheModel({ url }: ServiceProcess): Promise<void> {
  let [row, asked] = [0, 0];
  await waitUntil(
    'answers come from the model',
    async () => {
      const headers = { accept: 'application/json' };
      const response = await fetch(`${url}/recommend/${400_000 + asked++}`, {
        headers,
        signal: AbortSignal.timeout(5_000),
      });
      row = ((await response.json()) as { outcome?: string }).outcome === 'model' ? row + 1 : 0;
      return row === 30;
    },
    60_000,
  );
}
