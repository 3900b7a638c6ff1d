import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLogger } from '@reelay/shared/observability';
import { createService, type Own, type Service } from '@reelay/shared/runtime';
import type { Gateway } from '../services/gateway/src/index.ts';
import type { InferenceWorker } from '../services/inference-worker/src/index.ts';
import type { Ingestor } from '../services/ingestor/src/index.ts';
import type { ReleaseManager } from '../services/release-manager/src/index.ts';
import type { Trainer } from '../services/trainer/src/index.ts';
import { serviceMakers } from './make-services.ts';
import { addressesOf, type WorldName } from './world-addresses.ts';
import { openOwnConnections, openPorts, type OwnPort, type Ports } from './world-ports.ts';

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
  /** The same world with a new ingestor, of a group of its own, in the place of the last one, which is stopped. */
  withNewIngestor(change?: ChangePorts): Promise<World>;
  /** Stops and removes all of it, also what was added. */
  close(): Promise<void>;
}

interface WorldOptions {
  ingestorPorts?: ChangePorts;
  workerSettings?: Record<string, string>;
  /** Called before any service starts. */
  prepare?(places: Pick<World, 'detailsDir'>): Promise<void>;
}

/** A whole platform in this process: the seven ports by URL, the five services on free ports, a folder that goes with it. */
export async function openWorld(name: WorldName, options: WorldOptions = {}): Promise<World> {
  let world: World | undefined;
  // A service of services: what a failed start has opened is closed again, and later additions are closed first.
  const whole = createService('world', async (own) => {
    world = await openParts(name, options, own, () => whole.stop());
  });
  await whole.start();
  if (world === undefined) throw new Error('the world did not open');
  return world;
}

async function openParts(
  name: WorldName,
  { ingestorPorts, workerSettings, prepare }: WorldOptions,
  own: Own,
  close: () => Promise<void>,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'reelay-world-'));
  own(() => rm(folder, { recursive: true, force: true }));
  const addresses = await addressesOf(name, folder);
  own(() => addresses.drop());
  const ownPort = closing(own);
  const run = running(own);
  const ports = await openPorts(addresses, folder, ownPort);

  const places = { topic: addresses.namespace, csvDir: join(folder, 'csv'), detailsDir: join(folder, 'details') };
  await prepare?.(places);
  const { log, lines: logged } = createMemoryLogger();
  const make = serviceMakers({ ...places, ledgerUrl: addresses.ledgerUrl, log, workerSettings });
  let ingestors = 0;
  const startIngestor = async (change: ChangePorts = () => ({})): Promise<Ingestor> => {
    const connections = await openOwnConnections(addresses, `${addresses.namespace}-${ingestors++}`, ownPort);
    const its = { ...ports, ...connections };
    return run(make.ingestor({ ...its, ...change(its) }));
  };
  let ingestor = await startIngestor(ingestorPorts);
  const world: World = {
    ...ports,
    ...places,
    name,
    logged,
    ingestor,
    trainer: await run(make.trainer(ports)),
    releases: await run(make.releases(ports)),
    worker: await run(make.worker(ports)),
    gateway: await run(make.gateway(ports)),
    throughAnotherGateway: async (change) => ({
      ...world,
      gateway: await run(make.gateway({ ...ports, ...change(ports) })),
    }),
    async withNewIngestor(change) {
      await ingestor.stop();
      ingestor = await startIngestor(change);
      return { ...world, ingestor };
    },
    close,
  };
  return world;
}

const closing =
  (own: Own): OwnPort =>
  async (opening) => {
    const port = await opening;
    own(() => port.close());
    return port;
  };

const running =
  (own: Own) =>
  async <T extends Service>(service: T): Promise<T> => {
    own(() => service.stop());
    await service.start();
    return service;
  };
