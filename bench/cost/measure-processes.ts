import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { addCost, costRows, cpuDuring, type Costs } from './cpu-of.ts';
import { forgetAnswers } from './forget-answers.ts';
import { openFullPath, type FullPath, type SizeOptions } from './full-path.ts';
import { patient } from './patient-gateway.ts';
import { sendLoad, sum, type GatewayUnderLoad } from './measure-http.ts';
import type { CostOptions } from './measure-transport.ts';
import { readBatches, shares, type Outcomes } from './read-metrics.ts';

const fullLoad = 64;

/** What a load needs of a path. */
type PathUnderLoad = Pick<FullPath, 'namespace' | 'sender' | 'pids'> & { gateway: GatewayUnderLoad };

/** Closed loop over users of whom nothing is kept: answers a second, CPU by process, shares of outcomes; a figure a round. */
export async function runRounds(
  world: CostWorld,
  path: PathUnderLoad,
  { rounds, requests }: CostOptions,
  inFlight = fullLoad,
) {
  const costs: Costs = {};
  const rates: number[] = [];
  const outcomes: Outcomes[] = [];
  const load = { total: requests, users: requests, firstUser: 1, inFlight };
  // The users that were asked for to warm up have no histories: folding in is compiled here.
  await sendLoad(path.sender, path.gateway, { ...load, total: Math.ceil(requests / 4) }, 'model');
  for (let round = 0; round < rounds; round++) {
    await forgetAnswers(world.urls.REDIS_URL, path.namespace);
    const { result, used } = await cpuDuring(path.pids, () => sendLoad(path.sender, path.gateway, load, 'model'));
    rates.push(result.answers / result.seconds);
    outcomes.push(result.outcomes);
    addCost(costs, used, requests);
  }
  return { rates, costs, outcomes: sum(outcomes) };
}

/** The full path as it is in service, all processes running: what each of them uses a recommendation, in microseconds of CPU. */
export async function measureProcesses(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  const { items, factors, history, requests } = options;
  const size = { items, factors, history };
  const path = await openFullPath(world, { namespace: 'processes', asked: requests, ...size, settings: patient });
  const before = await readBatches(path.workers[0].adminUrl);
  const { rates, costs, outcomes } = await runRounds(world, path, options);
  const { batches, jobs } = await readBatches(path.workers[0].adminUrl);
  const together = ((jobs - before.jobs) / (batches - before.batches)).toFixed(1);
  const remark = `${items} × ${factors}, histories of ${history}, ${together} jobs a batch; ${shares(outcomes)}`;
  return [row(`full path, ${fullLoad} in flight`, '/s', rates, remark), ...costRows('full path', costs)];
}
