import { cpus, loadavg } from 'node:os';
import type { Track } from '@reelay/shared/contracts';
import { addCost, costRows, cpuDuring, type Costs } from './cost/cpu-of.ts';
import { forgetAnswers } from './cost/forget-answers.ts';
import { sum } from './cost/measure-http.ts';
import { readOutcomes, shares, since, type Outcomes } from './cost/read-metrics.ts';
import type { LoadResult } from './cost/sender.ts';
import { namespace, openJobWorld, type JobWorld } from './jobs/job-world.ts';
import { runJob, verifyJob } from './jobs/run-job.ts';
import { printTable, row, type Row } from './print-table.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-jobs.ts [options]

Lists for many users as a job, beside the same users as single jobs: one by one (prefetch 1, one ack each) and as they are served (what arrived as
one batch); two worker processes each, in turns, on a RabbitMQ, a Redis and a MariaDB of its own (npm run setup:native). Then the job once more
beside single requests over HTTP at a fixed rate. The figure is the median of the rounds.

options    --rounds 5       --users 20000   of the job; a quarter of them one by one
           --items 27000    --factors 64    --history 50   items of each user
           --rate 200       single requests a second beside the job
           --rows           the job writes its lists as rows of SQL, too
           --json           --profile <folder> CPU profiles of the services

example    node scripts/with-node.mjs bench/measure-jobs.ts --rounds 3 --users 10000`;

const {
  rounds,
  users,
  items,
  factors,
  history,
  rate,
  rows: asRows,
  json,
  profile,
} = readOptions(help, {
  numbers: { rounds: 5, users: 20_000, items: 27_000, factors: 64, history: 50, rate: 200 },
  switches: ['json', 'rows'],
  texts: ['profile'],
});
const query = asRows ? '?rows=true' : '';
/** Of those that come one by one: slower, and a rate all the same. */
const fewer = Math.ceil(users / 4);

const figures = {
  job: [] as number[],
  oneByOne: [] as number[],
  asServed: [] as number[],
  ratio: [] as number[],
  ratioAsServed: [] as number[],
  beside: [] as number[],
  p50: [] as number[],
  p99: [] as number[],
  outcomes: [] as Outcomes[],
  costs: {} as Costs,
};

async function singles(world: JobWorld, slot: Track, inFlight: number, total: number): Promise<number> {
  const { seconds, wrong } = await world.publisher.ask<{ seconds: number; wrong: number }>({ slot, inFlight, total });
  if (wrong > 0) throw new Error(`${wrong} of ${total} answers are no list of 20`);
  return total / seconds;
}

async function sideBySide(world: JobWorld): Promise<void> {
  const { result, used } = await cpuDuring(world.pids, () => runJob(world.gateway.url, users, query));
  await verifyJob(world.gateway.url, result, users);
  addCost(figures.costs, used, users);
  const oneByOne = await singles(world, 'canary', 64, fewer);
  const asServed = await singles(world, 'stable', 256, users);
  const job = users / result.seconds;
  figures.job.push(job);
  figures.oneByOne.push(oneByOne);
  figures.asServed.push(asServed);
  figures.ratio.push(job / oneByOne);
  figures.ratioAsServed.push(job / asServed);
}

/** Single requests of users who were not asked for yet, from just before the job until after its end. */
async function besideRequests(world: JobWorld, round: number): Promise<void> {
  await forgetAnswers(world.redisUrl, namespace);
  const { gateway, sender } = world;
  const total = Math.ceil((rate * 1.6 * users) / figures.job[round]);
  const before = await readOutcomes(gateway.adminUrl);
  // Beyond the job's users, so that none of them is answered from what the job kept.
  const load = {
    port: Number(new URL(gateway.url).port),
    total,
    rate,
    firstUser: users + 1 + round * total,
    users: total,
  };
  const requests = sender.ask<LoadResult>(load);
  const { seconds } = await runJob(gateway.url, users, query);
  const result = await requests;
  const outcomes = since(await readOutcomes(gateway.adminUrl), before);
  // Told at the end: what was measured before is shown all the same.
  if (outcomes.fallback > 0.01 * total) process.exitCode = 1;
  if (result.seconds > 3 * seconds) throw new Error('the job was a small part of the time that was measured');
  figures.beside.push(users / seconds);
  figures.p50.push(result.p50Ms);
  figures.p99.push(result.p99Ms);
  figures.outcomes.push(outcomes);
}

const world = await openJobWorld({ users, items, factors, history, profile });
try {
  // Once unmeasured: hot paths compiled, lists there.
  await runJob(world.gateway.url, Math.min(users, 20_000));
  for (const slot of ['canary', 'stable'] as const) await singles(world, slot, 64, 2_000);
  for (let round = 0; round < rounds; round++) {
    await sideBySide(world);
    await besideRequests(world, round);
    if (!json) console.error(`round ${round + 1}: job ${Math.round(figures.job[round])}/s, one by one ${Math.round(figures.oneByOne[round])}/s, as served ${Math.round(figures.asServed[round])}/s; beside ${rate}/s: job ${Math.round(figures.beside[round])}/s, p99 ${figures.p99[round].toFixed(1)} ms`); // prettier-ignore
  }
} finally {
  await world.close();
}

const remark = `${items} × ${factors}, histories of ${history}, ${users} users${asRows ? ', rows of SQL too' : ''}; all with a list of their own`;
const asked = `${process.exitCode === 1 ? 'NOT VALID, more than 1 % fallbacks: ' : ''}${shares(sum(figures.outcomes))}`;
const rows: Row[] = [
  row('job', 'users/s', figures.job, remark),
  row('single jobs one by one (prefetch 1, an ack each)', 'users/s', figures.oneByOne, `64 in flight, ${fewer} users`),
  row('single jobs as served (what arrived is a batch)', 'users/s', figures.asServed, '256 in flight'),
  row('job of one by one', '×', figures.ratio),
  row('job of as served', '×', figures.ratioAsServed),
  row(`job beside ${rate} requests/s`, 'users/s', figures.beside),
  row(`requests at ${rate}/s beside the job, p50`, 'ms', figures.p50, asked),
  row(`requests at ${rate}/s beside the job, p99`, 'ms', figures.p99, asked),
  ...costRows('job', figures.costs),
];
const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0].model}`,
  loadAverage: loadavg().map((load) => +load.toFixed(2)),
  rounds,
};
if (json) console.log(JSON.stringify({ machine, rows }, null, 2));
else printTable(machine, rows);
process.exit();
