import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecommendJob } from '@reelay/shared/contracts';
import {
  openAnswers,
  openEventLog,
  openHistories,
  openPlans,
  openWorkQueue,
  type Answers,
  type EventLog,
  type Histories,
  type Plans,
  type WorkQueue,
} from '@reelay/shared/messaging';
import { createMemoryLogger } from '@reelay/shared/observability';
import type { Service } from '@reelay/shared/runtime';
import { openArtifactStore, openLedger, type ArtifactStore, type Ledger } from '@reelay/shared/storage';
import type { Gateway } from '../services/gateway/src/index.ts';
import type { InferenceWorker } from '../services/inference-worker/src/index.ts';
import type { Ingestor } from '../services/ingestor/src/index.ts';
import type { ReleaseManager } from '../services/release-manager/src/index.ts';
import type { Trainer } from '../services/trainer/src/index.ts';
import { serviceMakers, type ServiceMakers } from './make-services.ts';
import { addressesOf, type WorldName } from './world-addresses.ts';

export interface Ports {
  queue: WorkQueue<RecommendJob>;
  answers: Answers;
  histories: Histories;
  plans: Plans;
  eventLog: EventLog;
  ledger: Ledger;
  artifacts: ArtifactStore;
}

/** What a service is given in place of its port: a fault, or a watch on it. */
export type ChangePorts = (ports: Ports) => Partial<Ports>;

export interface World extends Ports {
  name: WorldName;
  topic: string;
  csvDir: string;
  /** Where `users.csv` and `movies.csv` are looked for. */
  detailsDir: string;
  ingestor: Ingestor;
  trainer: Trainer;
  releases: ReleaseManager;
  worker: InferenceWorker;
  gateway: Gateway;
  /** Lines of a logger that all services share. */
  logged: Record<string, unknown>[];
  /** The same world seen through one more gateway, whose ports are changed. */
  throughAnotherGateway(change: ChangePorts): Promise<World>;
  /** The same world with the ingestor stopped and a new one, of a group of its own, in its place. */
  withNewIngestor(change?: ChangePorts): Promise<World>;
  close(): Promise<void>;
}

interface WorldOptions {
  ingestorPorts?: ChangePorts;
  /** Called before any service starts. */
  prepare?(world: Pick<World, 'detailsDir'>): Promise<void>;
}

/** A whole platform in this process: the seven ports by URL, the five services on free ports, a folder that goes with it. */
export async function openWorld(name: WorldName, { ingestorPorts, prepare }: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-world-'));
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const opened = await openParts(name, folder, undo, { ingestorPorts, prepare });
    return { ...opened, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Undo = (() => Promise<unknown>)[];

async function openParts(
  name: WorldName,
  folder: string,
  undo: Undo,
  { ingestorPorts = () => ({}), prepare }: WorldOptions,
): Promise<Omit<World, 'close'>> {
  const addresses = await addressesOf(name, folder);
  undo.push(() => addresses.drop());
  const own = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const port = await opening;
    undo.push(() => port.close());
    return port;
  };
  const run = async <T extends Service>(service: T): Promise<T> => {
    undo.push(() => service.stop());
    await service.start();
    return service;
  };
  const { namespace } = addresses;
  const openLog = (group: string) => own(openEventLog(addresses.eventLogUrl, { namespace, group }));
  const ports: Ports = {
    queue: await own(openWorkQueue<RecommendJob>(addresses.queueUrl, { namespace })),
    answers: await own(openAnswers(addresses.redisUrl, { namespace })),
    histories: await own(openHistories(addresses.redisUrl, { namespace })),
    plans: await own(openPlans(addresses.redisUrl, { namespace })),
    eventLog: await openLog(namespace),
    ledger: await own(openLedger(addresses.ledgerUrl)),
    artifacts: await own(openArtifactStore(`file:${join(folder, 'artifacts')}`)),
  };
  const { log, lines: logged } = createMemoryLogger();
  const places = { topic: namespace, csvDir: join(folder, 'csv'), detailsDir: join(folder, 'details') };
  const make: ServiceMakers = serviceMakers({ ...places, log });
  await prepare?.(places);
  // Writing and reading connections are separate, as they are between threads and processes.
  const writing = async (group: string): Promise<Ports> => ({
    ...ports,
    eventLog: await openLog(group),
    ledger: await own(openLedger(addresses.ledgerUrl)),
  });
  const startIngestor = async (change: ChangePorts, group: string) => {
    const its = await writing(group);
    return run(make.ingestor({ ...its, ...change(its) }));
  };
  let ingestor = await startIngestor(ingestorPorts, `${namespace}-first`);
  const world: Omit<World, 'close'> = {
    ...ports,
    ...places,
    name,
    logged,
    ingestor,
    trainer: await run(make.trainer(ports)),
    releases: await run(make.releases(ports)),
    worker: await run(make.worker(ports)),
    gateway: await run(make.gateway(ports)),
    async throughAnotherGateway(change) {
      const gateway = await run(make.gateway({ ...ports, ...change(ports) }));
      return { ...world, gateway, close: async () => gateway.stop() };
    },
    async withNewIngestor(change = () => ({})) {
      await ingestor.stop();
      ingestor = await startIngestor(change, `${namespace}-${undo.length}`);
      const stop = ingestor.stop;
      return { ...world, ingestor, close: async () => stop() };
    },
  };
  return world;
}
