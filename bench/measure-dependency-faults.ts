import {
  brokenPromisesOf,
  dependencies,
  dependencyFaults,
  dependencyTable,
  runDependencyFault,
  type DependencyRun,
} from '../test/faults/dependency-faults.ts';
import { openServingPlatform } from '../test/faults/serving-platform.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-dependency-faults.ts [options]

RabbitMQ or Redis dead, a black hole, 1 s slow, or answering rubbish, one after the other, under a steady load of users who are not in the
cache; a gateway and a worker on servers of their own (npm run setup:native). Ends with 1 when an answer is missing or later than 600 ms, when
the 99th percentile of the fallbacks is 10 ms or more once the fault is known, when the gateway grows by 64 MiB or more, or when outside of a
fault less than 99 % are answers of the model.

options    --seconds 60   of each fault      --rate 200   requests a second
           --only "redis: rubbish"           one fault

example    node scripts/with-node.mjs bench/measure-dependency-faults.ts --seconds 10`;

const { seconds, rate, only } = readOptions(help, { numbers: { seconds: 60, rate: 200 }, texts: ['only'] });

const limits = { knownP99Ms: 10, rssGrowthMiB: 64 };
const pace = { rate, calmMs: 3_000, faultMs: seconds * 1_000, recoveryMs: 3_000 };
const platform = await openServingPlatform();
const runs: DependencyRun[] = [];
try {
  for (const name of dependencies) {
    for (const fault of dependencyFaults) {
      if (only !== undefined && only !== `${name}: ${fault[0]}`) continue;
      runs.push(await runDependencyFault(platform, name, fault, pace));
      console.log(dependencyTable(runs.slice(-1)));
    }
  }
} finally {
  await platform.close();
}
const missed = runs.flatMap((run) => [
  ...brokenPromisesOf(run),
  ...(run.knownP99Ms < limits.knownP99Ms
    ? []
    : [`${run.name}: fallback p99 ${run.knownP99Ms.toFixed(1)} ms, limit 10`]),
  ...(run.rssGrowthMiB < limits.rssGrowthMiB
    ? []
    : [`${run.name}: grew by ${run.rssGrowthMiB.toFixed(1)} MiB, limit 64`]),
]);
console.log(`\n${dependencyTable(runs)}\n`);
console.log(missed.length === 0 ? `kept, in ${runs.length} faults` : `MISSED\n${missed.join('\n')}`);
process.exit(runs.length === 0 || missed.length > 0 ? 1 : 0);
