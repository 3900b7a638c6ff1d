import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers } from '@reelay/native';
import { openPlans, type Plans } from '@reelay/shared/messaging';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase, waitUntil } from '@reelay/shared/testing';
import { writeHistory } from '../../faults/make-model.ts';
import { createServiceProcess, type ServiceProcess } from '../../faults/service-process.ts';

/** Two release-managers and a trainer, a process each, on a MariaDB and a Redis of their own, with some history in SQL. */
export interface ReleasePlatform {
  managers: [ServiceProcess, ServiceProcess];
  trainer: ServiceProcess;
  /** The driver's own connections. */
  ledger: Ledger;
  plans: Plans;
  artifacts: ArtifactStore;
  artifactsFolder: string;
  output(): Promise<string>;
  close(): Promise<void>;
}

const historyLines = 8_000;
/** Trainings of a second, rounds all the time, canaries that nobody judges and that are given up after some seconds. */
const settings = {
  FACTORS: '8',
  SWEEPS: '4',
  ITEM_WEIGHTS_ITEMS: '50',
  EVALUATION_USERS_MAX: '50',
  TRAINING_THREADS: '1',
  TRAIN_SCHEDULE: 'off',
  RELEASE_POLL_MS: '20',
  ANNOUNCE_POLL_MS: '50',
  VERDICT_POLL_MS: '200',
  VERDICT_MAX_MS: '4000',
  GATE_TOLERANCE: '1',
};

/** `program`: what runs in place of the release-manager's own `main.ts`. */
export async function openReleasePlatform(program?: string): Promise<ReleasePlatform> {
  process.setMaxListeners(100);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-releases-')));
  const undo: (() => Promise<unknown>)[] = [() => rm(home, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  const own = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const port = await opening;
    undo.push(() => port.close());
    return port;
  };
  try {
    const { urls, stop } = await startNativeServers(['redis', 'mariadb'], { home: join(home, 'servers') });
    undo.push(stop);
    const artifactsFolder = join(home, 'artifacts');
    const environment = {
      REDIS_URL: urls.REDIS_URL!,
      LEDGER_URL: (await createTemporaryDatabase(urls.LEDGER_URL!)).url,
      EVENT_LOG_URL: `sqlite:${home}/events.db`,
      ARTIFACTS_URL: `file:${artifactsFolder}`,
      CSV_DIR: join(home, 'csv'),
      ...settings,
    };
    const make = async (name: string, label = name, instead?: string): Promise<ServiceProcess> => {
      const options = { name, label, folder: join(home, 'logs'), environment, program: instead };
      const made = await createServiceProcess(options);
      undo.push(() => made.kill());
      return made;
    };
    const ledger = await own(openLedger(environment.LEDGER_URL));
    await fill(environment.EVENT_LOG_URL, await make('ingestor'));
    const all = [
      await make('release-manager', 'manager-1', program),
      await make('release-manager', 'manager-2', program),
      await make('trainer'),
    ];
    await Promise.all(all.map((one) => one.start()));
    return {
      managers: [all[0], all[1]],
      trainer: all[2],
      ledger,
      plans: await own(openPlans(environment.REDIS_URL)),
      artifacts: await own(openArtifactStore(environment.ARTIFACTS_URL)),
      artifactsFolder,
      output: async () =>
        (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n'),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(eventLogUrl: string, ingestor: ServiceProcess): Promise<void> {
  await writeHistory(eventLogUrl, 'movielog', historyLines);
  await ingestor.start();
  await waitUntil('the history is ingested', async () => {
    const flush = fetch(`${ingestor.adminUrl}/admin/flush`, { method: 'POST', signal: AbortSignal.timeout(25_000) });
    return ((await (await flush).json()) as { drained?: boolean }).drained === true;
  });
  await ingestor.stop();
}
