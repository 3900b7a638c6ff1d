import { join } from 'node:path';
import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { addCost, costRows, cpuDuring, type Costs } from './cpu-of.ts';
import { forgetAnswers } from './forget-answers.ts';
import { sendLoad, sum, warmUp } from './measure-http.ts';
import type { CostOptions } from './measure-transport.ts';
import { placeHistories, placeModel } from './place-model.ts';
import { shares, type Outcomes } from './read-metrics.ts';

export interface SizeOptions {
  items: number;
  factors: number;
  /** Items of each user's history. */
  history: number;
}

const inFlight = 64;

/** The full path as it is in service, all processes running: what each of them uses a recommendation, in microseconds of CPU. */
export async function measureProcesses(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  const { rounds, requests, items, factors, history } = options;
  const namespace = 'processes';
  await placeModel(world, { namespace, items, factors, users: 1_000_000 });
  await placeHistories(world, { namespace, users: requests, length: history, items });
  const ledger = { LEDGER_URL: `sqlite:${world.home}/ledger.db`, EVENT_LOG_URL: `sqlite:${world.home}/events.db` };
  const ingestor = await world.service('ingestor', {
    NAMESPACE: namespace,
    CSV_DIR: join(world.home, 'csv'),
    ...ledger,
  });
  const worker = await world.service('inference-worker', { NAMESPACE: namespace });
  const gateway = await world.service('gateway', { NAMESPACE: namespace });
  const sender = await world.part('sender.ts');
  await warmUp(world, sender, gateway, namespace);
  const pids = { gateway: gateway.pid, worker: worker.pid, ...world.servers, ingestor: ingestor.pid };
  const costs: Costs = {};
  const rates: number[] = [];
  const outcomes: Outcomes[] = [];
  for (let round = 0; round < rounds; round++) {
    await forgetAnswers(world.urls.REDIS_URL, namespace);
    const load = { total: requests, users: requests, firstUser: 1, inFlight };
    const { result, used } = await cpuDuring(pids, () => sendLoad(sender, gateway, load, 'model'));
    rates.push(result.answers / result.seconds);
    outcomes.push(result.outcomes);
    addCost(costs, used, requests);
  }
  const remark = `${items} × ${factors}, histories of ${history}, ${inFlight} in flight; ${shares(sum(outcomes))}`;
  return [row(`full path, ${inFlight} in flight`, '/s', rates, remark), ...costRows('full path', costs)];
}
