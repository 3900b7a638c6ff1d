import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { addCost, costRows, cpuDuring, type Costs } from './cpu-of.ts';
import { forgetAnswers } from './forget-answers.ts';
import { startRawEcho, type CostOptions } from './measure-transport.ts';
import type { PartProcess } from './part-process.ts';
import { patient } from './patient-gateway.ts';
import { placeHistories, placeModel } from './place-model.ts';
import { assertShare, readOutcomes, readReasons, shares, since, type Outcomes } from './read-metrics.ts';
import type { Load, LoadResult } from './sender.ts';
import type { ServiceProcess } from '../../test/faults/service-process.ts';

const inFlight = 64;
const size = { items: 2_000, factors: 16, users: 1_000_000 };

/** Where a gateway and its metrics are. */
export type GatewayUnderLoad = Pick<ServiceProcess, 'url' | 'adminUrl'>;

/** Sends a load through a gateway and checks that the answers are what they should be. */
export async function sendLoad(
  sender: PartProcess,
  gateway: GatewayUnderLoad,
  load: Omit<Load, 'port'>,
  wanted: 'model' | 'cache',
): Promise<LoadResult & { outcomes: Outcomes }> {
  const before = await readOutcomes(gateway.adminUrl);
  const result = await sender.ask<LoadResult>({ port: Number(new URL(gateway.url).port), ...load });
  const outcomes = since(await readOutcomes(gateway.adminUrl), before);
  if (outcomes.fallback > 0) console.error(`fallbacks since the start: ${await readReasons(gateway.adminUrl)}`);
  assertShare(outcomes, wanted, load.total);
  if (result.wrong > 0) throw new Error(`${result.wrong} of ${result.answers} answers are no list of 20 ids`);
  return { ...result, outcomes };
}

export const sum = (all: Outcomes[]): Outcomes => ({
  model: all.reduce((total, { model }) => total + model, 0),
  cache: all.reduce((total, { cache }) => total + cache, 0),
  fallback: all.reduce((total, { fallback }) => total + fallback, 0),
});

/** Before it, the gateway still gets quicker from round to round. */
const warmRounds = 3;

/** Asks until the model answers, so that plan and lists are there and the hot paths compiled. */
export async function warmUp(
  world: CostWorld,
  sender: PartProcess,
  gateway: GatewayUnderLoad,
  namespace: string,
  users = 5_000,
) {
  const port = Number(new URL(gateway.url).port);
  for (let round = 0; ; round++) {
    const before = await readOutcomes(gateway.adminUrl);
    // Others each time: a gateway holds what it has answered.
    const firstUser = 10_000_000 + round * users;
    await sender.ask<LoadResult>({ port, total: users, users, firstUser, inFlight });
    const { model } = since(await readOutcomes(gateway.adminUrl), before);
    await forgetAnswers(world.urls.REDIS_URL, namespace);
    if (round >= warmRounds && model >= 0.99 * users) return;
    if (round === 20) throw new Error(`no answers of the model; fallbacks: ${await readReasons(gateway.adminUrl)}`);
  }
}

/** The whole way over HTTP with a worker that only echoes, beside the raw echo; each user is asked for once a round. */
export async function measureHttp(world: CostWorld, { rounds, requests }: CostOptions): Promise<Row[]> {
  const namespace = 'http';
  await placeModel(world, { namespace, ...size });
  await placeHistories(world, { namespace, users: 0, length: 0, items: size.items });
  const raw = await startRawEcho(world);
  const worker = await world.part('echo-worker.ts', world.urls.QUEUE_URL, world.urls.REDIS_URL, namespace);
  const gateway = await world.service('gateway', { NAMESPACE: namespace, ...patient });
  const sender = await world.part('sender.ts');
  await warmUp(world, sender, gateway, namespace);
  await raw(inFlight, requests / 4);
  const pids = { gateway: gateway.pid, 'echo worker': worker.pid, ...world.servers };
  const costs: Costs = {};
  const figures = { raw: [] as number[], ours: [] as number[], ratio: [] as number[], outcomes: [] as Outcomes[] };
  for (let round = 0; round < rounds; round++) {
    const ceiling = await raw(inFlight, requests);
    await forgetAnswers(world.urls.REDIS_URL, namespace);
    const load = { total: requests, users: requests, firstUser: 1, inFlight };
    const { result, used } = await cpuDuring(pids, () => sendLoad(sender, gateway, load, 'model'));
    const { answers, seconds, outcomes } = result;
    addCost(costs, used, requests);
    figures.raw.push(ceiling);
    figures.ours.push(answers / seconds);
    figures.ratio.push(answers / seconds / ceiling);
    figures.outcomes.push(outcomes);
  }
  return [
    row(`raw echo over RabbitMQ, ${inFlight} in flight`, '/s', figures.raw),
    row(`HTTP with an echo worker, ${inFlight} in flight`, '/s', figures.ours, shares(sum(figures.outcomes))),
    row('HTTP of the raw echo', '×', figures.ratio),
    ...costRows('HTTP with an echo worker', costs),
  ];
}
