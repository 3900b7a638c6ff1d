import { join } from 'node:path';
import { startNativeServers } from '@reelay/native';
import { openLedger } from '@reelay/shared/storage';
import { createTemporaryDatabase, tinyFirstItemId } from '@reelay/shared/testing';
import type { ServiceProcess } from '../../test/faults/service-process.ts';
import { openCostWorld } from '../cost/cost-world.ts';
import type { PartProcess } from '../cost/part-process.ts';
import { placeHistories, placeModel } from '../cost/place-model.ts';

export interface JobWorldOptions {
  users: number;
  items: number;
  factors: number;
  history: number;
  profile?: string;
}

/** Who works: two processes for each way, so that each may have both cores; the others have nothing to do meanwhile. Jobs and requests share theirs. */
export interface JobWorld {
  redisUrl: string;
  gateway: ServiceProcess;
  /** Process numbers, by name. */
  pids: Record<string, number>;
  publisher: PartProcess;
  sender: PartProcess;
  close(): Promise<void>;
}

export const namespace = 'jobs';

export async function openJobWorld({ users, items, factors, history, profile }: JobWorldOptions): Promise<JobWorld> {
  const world = await openCostWorld(profile);
  const { urls, servers, stop } = await startNativeServers(['mariadb'], { home: join(world.home, 'sql') });
  const close = async (): Promise<void> => {
    await world.close();
    await stop();
  };
  try {
    const ledgerUrl = (await createTemporaryDatabase(urls.LEDGER_URL!)).url;
    const version = await placeModel(world, { namespace, items, factors, users: 1_000_000 });
    await placeHistories(world, { namespace, users, length: history, items });
    await nameItems(ledgerUrl, items);
    const common = { NAMESPACE: namespace, LEDGER_URL: ledgerUrl, LOG_LEVEL: 'warn' };
    const two = (settings: Record<string, string>) =>
      Promise.all([1, 2].map(() => world.service('inference-worker', { ...common, ...settings })));
    // One job in hand, so one list, one trip and one ack each.
    const slowWorkers = await two({ SLOTS: 'canary', CONCURRENCY: '1' });
    const workers = await two({ SLOTS: 'stable,batch' });
    const gateway = await world.service('gateway', common);
    const publisher = await world.part('bench/jobs/publish-singles.ts', world.urls.QUEUE_URL, world.urls.REDIS_URL, namespace, version); // prettier-ignore
    const sender = await world.part('sender.ts');
    const pids = {
      gateway: gateway.pid,
      'one-by-one workers 1': slowWorkers[0].pid,
      'one-by-one workers 2': slowWorkers[1].pid,
      'workers 1': workers[0].pid,
      'workers 2': workers[1].pid,
      ...world.servers,
      mariadb: servers.get('mariadb')!.pid,
    };
    return { redisUrl: world.urls.REDIS_URL, gateway, pids, publisher, sender, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The dictionary says what the drawn model's items are called. */
async function nameItems(ledgerUrl: string, items: number): Promise<void> {
  const ledger = await openLedger(ledgerUrl);
  const names = Array.from({ length: tinyFirstItemId - 1 + items }, (_, at) => `item+${at + 1}+2000`);
  for (let first = 0; first < names.length; first += 5_000) await ledger.itemIds(names.slice(first, first + 5_000));
  await ledger.close();
}
