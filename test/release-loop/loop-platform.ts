import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import { createTemporaryDatabase, waitUntil } from '@reelay/shared/testing';
import { nativeServerNames, startNativeServers } from '@reelay/native';
import { writeHistory } from '../faults/make-model.ts';
import { createServiceProcess, type ServiceProcess } from '../faults/service-process.ts';
import { openMessageEars, type MessageEars } from '../../services/release-manager/src/testing/hear-messages.ts';
import { keepRunning } from './keep-running.ts';
import {
  crowdSettings,
  gatewaySettings,
  ingestSettings,
  releaseSettings,
  trainingSettings,
  worseTraining,
} from './loop-settings.ts';
import type { PlantedFault } from './planted-fault.ts';

/** Every service in a process of its own on RabbitMQ, Redis, Kafka and MariaDB, with a worker for each slot, and people who watch what they are shown. */
export interface LoopPlatform {
  ledger: Ledger;
  artifacts: ArtifactStore;
  heard: MessageEars;
  trainer: ServiceProcess;
  /** Trains worse than the other one. */
  worseTrainer: ServiceProcess;
  simulator: ServiceProcess;
  /** Second of the log from which on people come; before it is the history. */
  logFrom: number;
  /** How often the canary's worker was started again. */
  workerRestarts(): number;
  plant(fault: PlantedFault): Promise<void>;
  output(): Promise<string>;
  close(): Promise<void>;
}

const topic = 'movielog';
const historyLines = 20_000;

export async function openLoopPlatform(): Promise<LoopPlatform> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch(() => {});
  };
  let output = async () => '';
  try {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-loop-')));
    undo.push(() => rm(home, { recursive: true, force: true }));
    const environment = await environmentOf(home, undo);
    const heard = await openMessageEars();
    undo.push(() => heard.close());
    const ledger = await openLedger(environment.LEDGER_URL);
    undo.push(() => ledger.close());
    const artifacts = await openArtifactStore(environment.ARTIFACTS_URL);
    undo.push(() => artifacts.close());
    const services = await makeServices(home, environment, heard.settings);
    const all = Object.values(services);
    output = async () =>
      (await Promise.all(all.map(async (one) => `── ${one.name}\n${await one.output()}`))).join('\n');
    undo.push(() => Promise.all(all.map((one) => one.stop())));
    const { gateway, stableWorker, canaryWorker, ingestor, releases, trainer, simulator } = services;
    await Promise.all([ingestor, releases, stableWorker, canaryWorker, gateway].map((one) => one.start()));
    await waitUntil('the history is ingested', () => isDrained(ingestor), 60_000);
    await trainer.start();
    const kept = keepRunning(canaryWorker);
    undo.push(() => kept.stop());
    await untilServed(gateway);
    await simulator.start();
    const logFrom = (await ledger.requestSpan())?.to ?? 0;
    await fetch(`${simulator.adminUrl}/admin/traffic/start`, { method: 'POST' });
    return {
      ledger,
      artifacts,
      heard,
      trainer,
      simulator,
      logFrom,
      output,
      close,
      worseTrainer: services.worseTrainer,
      workerRestarts: kept.restarts,
      plant: (fault) => writeFile(environment.FAULT_FILE, JSON.stringify(fault)),
    };
  } catch (error) {
    const written = await output();
    await close();
    throw new Error(`the platform did not come up:\n${written}`, { cause: error });
  }
}

type Environment = Record<'LEDGER_URL' | 'ARTIFACTS_URL' | 'FAULT_FILE', string> & Record<string, string>;

/** Servers and folders of its own; a history in the topic. */
async function environmentOf(home: string, undo: (() => Promise<unknown>)[]): Promise<Environment> {
  const { urls, stop } = await startNativeServers(nativeServerNames, { home: join(home, 'servers') });
  undo.push(stop);
  const eventLogUrl = urls.EVENT_LOG_URL!;
  await writeHistory(eventLogUrl, topic, historyLines);
  return {
    QUEUE_URL: urls.QUEUE_URL!,
    REDIS_URL: urls.REDIS_URL!,
    EVENT_LOG_URL: eventLogUrl,
    LEDGER_URL: (await createTemporaryDatabase(urls.LEDGER_URL!)).url,
    ARTIFACTS_URL: `file:${home}/artifacts`,
    CSV_DIR: join(home, 'csv'),
    RECEIPTS_SPILL_DIR: join(home, 'spill'),
    EVENT_TOPIC: topic,
    FAULT_FILE: join(home, 'fault.json'),
    LOG_LEVEL: 'warn',
  };
}

async function makeServices(home: string, environment: Environment, messages: Record<string, string>) {
  const make = (name: string, settings: Record<string, string>, label = name, program?: string) =>
    createServiceProcess({
      name,
      label,
      program,
      folder: join(home, 'logs'),
      environment: { ...environment, ...settings },
    });
  const makeWorker = (slot: string) =>
    make(
      'inference-worker',
      { WORKER_SLOT: slot },
      `${slot}-worker`,
      join(import.meta.dirname, 'faulty-worker.fixture.ts'),
    );
  const [gateway, releases] = await Promise.all([
    make('gateway', gatewaySettings),
    make('release-manager', { ...releaseSettings, ...messages }),
  ]);
  const training = { ...trainingSettings, NOTICES_URL: releases.adminUrl };
  return {
    gateway,
    releases,
    stableWorker: await makeWorker('stable'),
    canaryWorker: await makeWorker('canary'),
    ingestor: await make('ingestor', ingestSettings),
    trainer: await make('trainer', training),
    worseTrainer: await make('trainer', { ...training, ...worseTraining }, 'worse-trainer'),
    simulator: await make('simulator', { ...crowdSettings, GATEWAY_URL: gateway.url }),
  };
}

async function isDrained({ adminUrl }: ServiceProcess): Promise<boolean> {
  const response = await fetch(`${adminUrl}/admin/flush`, { method: 'POST', signal: AbortSignal.timeout(25_000) });
  return ((await response.json()) as { drained?: boolean }).drained === true;
}

async function untilServed({ url }: ServiceProcess): Promise<void> {
  let [row, asked] = [0, 0];
  await waitUntil(
    'answers come from the first model',
    async () => {
      const headers = { accept: 'application/json' };
      const signal = AbortSignal.timeout(5_000);
      const response = await fetch(`${url}/recommend/${500_000 + asked++}`, { headers, signal });
      row = ((await response.json()) as { outcome?: string }).outcome === 'model' ? row + 1 : 0;
      return row === 20;
    },
    60_000,
  );
}
