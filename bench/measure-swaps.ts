import { emptyPlan } from '@reelay/shared/contracts';
import { openPlans } from '@reelay/shared/messaging';
import { openArtifactStore } from '@reelay/shared/storage';
import { putTinyModel } from '@reelay/shared/testing';
import { openCostWorld } from './cost/cost-world.ts';
import { placeHistories } from './cost/place-model.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';
import { printTable, row, type Row } from './print-table.ts';
import { readOptions } from './read-options.ts';
import { holdOfLoad, type LoadHold } from './swaps/hold-of-load.ts';
import { artifactMiB, swapModels } from './swaps/swap-models.ts';

const help = `node scripts/with-node.mjs bench/measure-swaps.ts [options]

A worker's memory and its answers while models are swapped under it, on a RabbitMQ and a Redis of its own (npm run setup:native).
Ends with 1 when the memory grows by more than 10 % between the fifth and the last swaps, when it is above 170 MiB + 1.2 × the files
held, or when a job stays without an answer.

options    --swaps 50   --rate 100   jobs a second meanwhile
           --items 27000   --factors 64   --users 1000000
           --json

example    node scripts/with-node.mjs bench/measure-swaps.ts --swaps 10`;

const { swaps, rate, json, ...given } = readOptions(help, {
  numbers: { swaps: 50, rate: 100, items: 27_000, factors: 64, users: 1_000_000 },
  switches: ['json'],
});
const size = { items: given.items, factors: given.factors, groups: 17, users: given.users };
const namespace = 'swaps';
const settledAfter = 5;
const allowed = { growth: 0.1, baseMiB: 170, filesTimes: 1.2 };

const world = await openCostWorld();
const problems: string[] = [];
const rows: Row[] = [];
try {
  const artifacts = await openArtifactStore(world.urls.ARTIFACTS_URL);
  const versions = ['1-aaaaaa', '2-bbbbbb'];
  for (const [seed, version] of versions.entries()) await putTinyModel(artifacts, { version, seed, ...size });
  await placeHistories(world, { namespace, users: 1_000, length: 50, items: size.items });
  const plans = await openPlans(world.urls.REDIS_URL, { namespace });
  await plans.announce({ ...emptyPlan, epoch: 1, stable: versions[0] });
  await plans.close();
  const worker = await world.service('inference-worker', { NAMESPACE: namespace, KEEP_OLD_MS: '0', SLOTS: 'stable' });
  const seen = await swapModels(world, {
    namespace,
    versions,
    worker,
    swaps,
    rate,
  });
  const holds: LoadHold[] = [];
  for (let load = 0; load < 5; load++) holds.push(await holdOfLoad(versions[load % 2], artifacts));
  const filesMiB = artifactMiB(await artifacts.manifest(versions[0]));
  await artifacts.close();

  const limitMiB = allowed.baseMiB + allowed.filesTimes * filesMiB;
  const settled = seen.residentMiB.slice(settledAfter - 1);
  const [before, after] = [mean(settled.slice(0, 5)), mean(settled.slice(-5))];
  rows.push(
    row(
      'resident memory of the worker after a swap',
      'MiB',
      seen.residentMiB,
      `limit ${limitMiB.toFixed(0)} = 170 + 1.2 × ${filesMiB.toFixed(1)} of files`,
    ),
    row('growth of it, first five swaps after warm-up to the last five', '%', [100 * (after / before - 1)], 'limit 10'),
    row('plan to first answer of its version', 's', seen.swapSeconds),
    row('answers meanwhile, p50', 'ms', [seen.answerMs.p50], `${seen.answered} answered, ${seen.unanswered} not`),
    row('answers meanwhile, p99', 'ms', [seen.answerMs.p99], `slowest ${seen.answerMs.max.toFixed(0)}`),
    row(
      'longest work between two turns while a version loads',
      'ms',
      holds.map(({ heldMs }) => heldMs),
      'CPU of the thread',
    ),
  );
  if (after > (1 + allowed.growth) * before) problems.push('the memory of the worker grows with the swaps');
  if (after > limitMiB) problems.push(`the worker takes ${after.toFixed(0)} MiB, more than ${limitMiB.toFixed(0)}`);
  if (seen.unanswered > 0) problems.push(`${seen.unanswered} jobs without an answer`);
  if (seen.answered === 0) problems.push('nothing was answered');
} finally {
  await world.close();
}

function mean(of: readonly number[]): number {
  return of.reduce((sum, value) => sum + value, 0) / of.length;
}

const machine = describeMachine({
  swaps,
  rate,
  items: given.items,
  factors: given.factors,
});
if (json) console.log(JSON.stringify({ machine, rows, problems }, null, 2));
else printTable(machine, rows);
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
