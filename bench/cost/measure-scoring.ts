import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { costRows } from './cpu-of.ts';
import type { SizeOptions } from './full-path.ts';
import { warmUp } from './measure-http.ts';
import { runRounds } from './measure-processes.ts';
import type { CostOptions } from './measure-transport.ts';
import { placeHistories, placeModel } from './place-model.ts';
import { shares } from './read-metrics.ts';

/** Job, batch, score, answer: the full path without histories, their fold-in and receipts. */
export async function measureScoring(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  const { items, factors } = options;
  const namespace = 'scoring';
  const { QUEUE_URL, REDIS_URL, ARTIFACTS_URL } = world.urls;
  const version = await placeModel(world, { namespace, items, factors, users: 1_000_000 });
  await placeHistories(world, { namespace, users: 0, length: 0, items });
  const worker = await world.part('scoring-worker.ts', QUEUE_URL, REDIS_URL, ARTIFACTS_URL, namespace, version);
  const part = await world.part('bare-gateway.ts', QUEUE_URL, REDIS_URL, ARTIFACTS_URL, namespace);
  const { port, adminPort } = await part.ask<{ port: number; adminPort: number }>({});
  const gateway = { url: `http://127.0.0.1:${port}`, adminUrl: `http://127.0.0.1:${adminPort}` };
  const sender = await world.part('sender.ts');
  await warmUp(world, sender, gateway, namespace);
  const pids = { gateway: part.pid, worker: worker.pid, ...world.servers };
  const { rates, costs, outcomes } = await runRounds(world, { namespace, gateway, sender, pids }, options);
  const remark = `${items} × ${factors}, 100 left out; ${shares(outcomes)}`;
  return [row('job, batch, score, answer', '/s', rates, remark), ...costRows('job, batch, score, answer', costs)];
}
