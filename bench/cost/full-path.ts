import { join } from 'node:path';
import { giveWay } from '@reelay/shared/runtime';
import type { ServiceProcess } from '../../test/faults/service-process.ts';
import type { CostWorld } from './cost-world.ts';
import { warmUp } from './measure-http.ts';
import { forgetful } from './patient-gateway.ts';
import type { PartProcess } from './part-process.ts';
import { placeHistories, placeModel } from './place-model.ts';

export interface SizeOptions {
  items: number;
  factors: number;
  /** Items of each user's history. */
  history: number;
}

export interface FullPath {
  namespace: string;
  gateway: ServiceProcess;
  workers: ServiceProcess[];
  sender: PartProcess;
  /** Numbers of all processes that take part, the sender left out. */
  pids: Record<string, number>;
  /** Ends all of it, so that what is measured next stands alone on the machine. */
  stop(): Promise<void>;
}

interface FullPathOptions extends SizeOptions {
  namespace: string;
  /** Users with a history, from 1 on. */
  asked: number;
  /** Users that the model knows the group of. */
  users?: number;
  workers?: number;
  /** Of the gateway. */
  settings?: Record<string, string>;
}

/** Everything that an answer takes in service, each a process by its `main.ts`: gateway, workers, ingestor for the receipts. Answers already. */
export async function openFullPath(world: CostWorld, options: FullPathOptions): Promise<FullPath> {
  const { namespace, items, factors, history, asked, users = 1_000_000 } = options;
  await placeModel(world, { namespace, items, factors, users });
  await placeHistories(world, { namespace, users: asked, length: history, items });
  const ledger = {
    LEDGER_URL: `sqlite:${world.home}/${namespace}.db`,
    EVENT_LOG_URL: `sqlite:${world.home}/events.db`,
  };
  const NAMESPACE = namespace;
  const ingestor = await world.service('ingestor', {
    NAMESPACE,
    CSV_DIR: join(world.home, 'csv', namespace),
    ...ledger,
  });
  // As `npm run up` starts it: nobody waits for it.
  await giveWay(ingestor.pid, 10);
  const workers: ServiceProcess[] = [];
  while (workers.length < (options.workers ?? 1)) workers.push(await world.service('inference-worker', { NAMESPACE }));
  const gateway = await world.service('gateway', { NAMESPACE, ...(options.settings ?? forgetful) });
  const sender = await world.part('sender.ts');
  await warmUp(world, sender, gateway, namespace, Math.min(asked, 5_000));
  const named = workers.map(({ pid }, at) => [workers.length === 1 ? 'worker' : `worker ${at + 1}`, pid]);
  const pids = { gateway: gateway.pid, ...Object.fromEntries(named), ...world.servers, ingestor: ingestor.pid };
  const stop = async () => void (await Promise.all([gateway, ...workers, ingestor, sender].map((one) => one.stop())));
  return { namespace, gateway, workers, sender, pids, stop };
}
