import { row, type Row } from '../print-table.ts';
import type { CostWorld } from './cost-world.ts';
import { forgetAnswers } from './forget-answers.ts';
import { openFullPath, type SizeOptions } from './full-path.ts';
import { sendLoad, sum } from './measure-http.ts';
import type { CostOptions } from './measure-transport.ts';
import { shares, type Outcomes } from './read-metrics.ts';

const rates = [1_000, 2_000];
const seconds = 4;
const warmSeconds = 2;

/** Open loop, the full path, users of whom nothing is kept: latency from the moment at which a request was due. */
export async function measureLatency(world: CostWorld, options: CostOptions & SizeOptions): Promise<Row[]> {
  const { items, factors, history, rounds } = options;
  const asked = Math.max(...rates) * seconds;
  const path = await openFullPath(world, { namespace: 'latency', asked, items, factors, history });
  const rows: Row[] = [];
  for (const rate of rates) {
    const figures = { p50: [] as number[], p99: [] as number[], outcomes: [] as Outcomes[] };
    const send = async (length: number) => {
      await forgetAnswers(world.urls.REDIS_URL, path.namespace);
      const load = { rate, total: rate * length, users: asked, firstUser: 1 };
      return sendLoad(path.sender, path.gateway, load, 'model');
    };
    // The warm-up's users have no histories: folding in is compiled here.
    await send(warmSeconds);
    for (let round = 0; round < rounds; round++) {
      const { p50Ms, p99Ms, outcomes } = await send(seconds);
      figures.p50.push(p50Ms);
      figures.p99.push(p99Ms);
      figures.outcomes.push(outcomes);
    }
    const remark = `${items} × ${factors}, histories of ${history}; ${shares(sum(figures.outcomes))}`;
    rows.push(row(`full path at ${rate}/s open loop, p50`, 'ms', figures.p50, remark));
    rows.push(row(`full path at ${rate}/s open loop, p99`, 'ms', figures.p99));
  }
  return rows;
}
