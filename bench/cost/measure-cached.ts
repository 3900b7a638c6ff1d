import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { addCost, costRows, cpuDuring, type Costs } from './cpu-of.ts';
import { sendLoad, sum, warmUp } from './measure-http.ts';
import type { CostOptions } from './measure-transport.ts';
import { placeHistories, placeModel } from './place-model.ts';
import { shares, type Outcomes } from './read-metrics.ts';
import type { LoadResult } from './sender.ts';

const inFlight = 64;
const users = 2_000;
const size = { items: 2_000, factors: 16, users: 1_000_000 };

/** Answers that are kept and fresh, beside an express route that sends a list from memory. */
export async function measureCached(world: CostWorld, { rounds, requests }: CostOptions): Promise<Row[]> {
  const namespace = 'cached';
  await placeModel(world, { namespace, ...size });
  await placeHistories(world, { namespace, users, length: 20, items: size.items });
  const baseline = await world.part('services/gateway/src/testing/express-baseline.fixture.ts');
  await world.part('echo-worker.ts', world.urls.QUEUE_URL, world.urls.REDIS_URL, namespace);
  const gateway = await world.service('gateway', { NAMESPACE: namespace });
  const sender = await world.part('sender.ts');
  await warmUp(world, sender, gateway, namespace);
  const load = { users, firstUser: 100_000, inFlight };
  // Kept from here on. An echo worker answers for version 0 of a history: these users have none.
  await sendLoad(sender, gateway, { ...load, total: users }, 'model');
  const bare = (total: number) => sender.ask<LoadResult>({ ...load, port: Number(baseline.hello.port), total });
  await bare(requests / 4);
  const pids = { gateway: gateway.pid, ...world.servers };
  const costs: Costs = {};
  const figures = { bare: [] as number[], ours: [] as number[], ratio: [] as number[], outcomes: [] as Outcomes[] };
  for (let round = 0; round < rounds; round++) {
    const ceiling = await bare(requests);
    const all = { ...load, total: requests };
    const { result: ours, used } = await cpuDuring(pids, () => sendLoad(sender, gateway, all, 'cache'));
    addCost(costs, used, requests);
    figures.bare.push(ceiling.answers / ceiling.seconds);
    figures.ours.push(ours.answers / ours.seconds);
    figures.ratio.push(ours.answers / ours.seconds / (ceiling.answers / ceiling.seconds));
    figures.outcomes.push(ours.outcomes);
  }
  return [
    row(`bare express route, ${inFlight} in flight`, '/s', figures.bare),
    row(`cached answers, ${inFlight} in flight`, '/s', figures.ours, shares(sum(figures.outcomes))),
    row('cached answers of the bare route', '×', figures.ratio),
    ...costRows('cached answers', costs),
  ];
}
