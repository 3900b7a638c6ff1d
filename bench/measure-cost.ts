import { cpus, loadavg } from 'node:os';
import { measureCached } from './cost/measure-cached.ts';
import { openCostWorld, type CostWorld } from './cost/cost-world.ts';
import { measureEmbedded } from './cost/measure-embedded.ts';
import { measureGrowth } from './cost/measure-growth.ts';
import { measureHttp } from './cost/measure-http.ts';
import { measureLatency } from './cost/measure-latency.ts';
import { measureProcesses } from './cost/measure-processes.ts';
import { measureScoring } from './cost/measure-scoring.ts';
import { measureTransport } from './cost/measure-transport.ts';
import { printTable, type Row } from './print-table.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-cost.ts [part …] [options]

What an answer costs, beside what its parts cost; both sides alternate in one run, the figure is the median of the rounds.
Starts a RabbitMQ and a Redis of its own (npm run setup:native), and the services by their main.ts.

parts      transport   job and answer without HTTP, beside a raw echo over RabbitMQ
           http        the whole way with an echo worker, beside the raw echo
           cached      kept answers, beside a bare express route
           scoring     job, batch, score, answer without histories and receipts: CPU a recommendation, by process
           processes   the full path: CPU a recommendation, by process
           latency     the full path, open loop at 1,000/s and 2,000/s
           embedded    the same load on the embedded way, over the servers, and on an express route with the model in it
           growth      items, workers, users; plots in docs/plots
options    --rounds 5       --requests 20000   of a round
           --items 27000    --factors 64       --history 50   items of each user
           --json           --profile <folder> CPU profiles of the services

example    node scripts/with-node.mjs bench/measure-cost.ts transport processes --rounds 3`;

const {
  json,
  profile,
  parts: asked,
  ...options
} = readOptions(help, {
  numbers: { rounds: 5, requests: 20_000, items: 27_000, factors: 64, history: 50 },
  switches: ['json'],
  texts: ['profile'],
  parts: true,
});
const parts: Record<string, (world: CostWorld, given: typeof options) => Promise<Row[]>> = {
  transport: measureTransport,
  http: measureHttp,
  cached: measureCached,
  scoring: measureScoring,
  processes: measureProcesses,
  latency: measureLatency,
  embedded: measureEmbedded,
  growth: measureGrowth,
};
const chosen = asked.length > 0 ? asked : Object.keys(parts);
const unknown = chosen.find((name) => parts[name] === undefined);
if (unknown !== undefined) {
  console.error(`no part "${unknown}"\n\n${help}`);
  process.exit(2);
}

// One for each service that is started, over all parts.
process.setMaxListeners(200);
const rows: Row[] = [];
for (const name of chosen) {
  const world = await openCostWorld(profile);
  const cutOff = () => void world.close().finally(() => process.exit(1));
  process.once('SIGTERM', cutOff).once('SIGINT', cutOff);
  try {
    rows.push(...(await parts[name](world, options)));
  } catch (error) {
    // What was measured before is shown all the same.
    console.error(`${name} failed:`, error);
    process.exitCode = 1;
  } finally {
    process.off('SIGTERM', cutOff).off('SIGINT', cutOff);
    await world.close();
  }
}
const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0].model}`,
  loadAverage: loadavg().map((load) => +load.toFixed(2)),
  ...options,
};
if (json) console.log(JSON.stringify({ machine, rows }, null, 2));
else printTable(machine, rows);
process.exit();
