import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNativeServers } from '@reelay/native';
import { createServiceProcess, type ServiceProcess } from '../../test/faults/service-process.ts';
import { startPart, type PartProcess } from './part-process.ts';

/** A RabbitMQ and a Redis of its own, a folder, and whatever the measurements start; all of it ends with `close`. */
export interface CostWorld {
  home: string;
  urls: { QUEUE_URL: string; REDIS_URL: string; ARTIFACTS_URL: string };
  /** Process numbers of the servers. */
  servers: { rabbitmq: number; redis: number };
  /** Starts a file of this folder (or of the repository, from its root) with arguments. */
  part(file: string, ...args: string[]): Promise<PartProcess>;
  /** Starts a service by its `main.ts`. */
  service(name: string, settings?: Record<string, string>): Promise<ServiceProcess>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');

/** `profile` names a folder for CPU profiles of the services. */
export async function openCostWorld(profile?: string): Promise<CostWorld> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'reelay-cost-')));
  const { urls, servers, stop } = await startNativeServers(['rabbitmq', 'redis'], { home: join(home, 'servers') });
  const own: { stop(): Promise<void> }[] = [];
  const environment = { ...(urls as CostWorld['urls']), ARTIFACTS_URL: `file:${home}/artifacts` };
  const nodeOptions: Record<string, string> =
    profile === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profile}` };
  let count = 0;
  return {
    home,
    urls: environment,
    servers: { rabbitmq: servers.get('rabbitmq')!.pid, redis: servers.get('redis')!.pid },
    async part(file, ...args) {
      const path = file.includes('/') ? join(root, file) : join(import.meta.dirname, file);
      const part = await startPart(path, args);
      own.push(part);
      return part;
    },
    async service(name, settings = {}) {
      const all = { ...environment, ...nodeOptions, LOG_LEVEL: 'info', ...settings };
      const label = `${name}-${++count}`;
      const service = await createServiceProcess({ name, label, folder: join(home, 'logs'), environment: all });
      own.push(service);
      await service.start();
      return service;
    },
    async close() {
      for (const one of own.splice(0).reverse()) await one.stop();
      await stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
