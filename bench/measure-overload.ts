import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { percentile, sendOpenLoop, type OpenLoopAnswer } from '@reelay/shared/testing';
import { countOutcomes, type OutcomeCounts } from '../test/faults/dependency-faults.ts';
import { openServingPlatform, untilItServes } from '../test/faults/serving-platform.ts';
import { watchStalls } from '../test/faults/watch-stalls.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-overload.ts [options]

A gateway, and workers that are throttled by waiting, under ten times what they can do; servers of its own (npm run setup:native). The
users are not in the cache. Before and after, a tenth of what the workers can do is asked. Ends with 1 when an answer is missing or later than
600 ms, when fewer answers of the model come in time than 80 % of what the workers can do, or when 2 s after the load less than 99 % are answers of
the model.

options    --seconds 30   --offered 3000   requests a second   --capacity 300   jobs a second

example    node scripts/with-node.mjs bench/measure-overload.ts --seconds 10`;

const { seconds, offered, capacity } = readOptions(help, {
  numbers: { seconds: 30, offered: 3_000, capacity: 300 },
});
const calmRate = capacity / 10;
const calmSeconds = 5;
const normalAfterMs = 2_000;

const platform = await openServingPlatform({ workers: 0, gateways: 0 });
const gateway = await platform.makeGateway();
const { QUEUE_URL, REDIS_URL } = platform.urls;
const worker = fork(join(import.meta.dirname, 'overload/slow-worker.ts'), [QUEUE_URL, REDIS_URL, String(capacity)], {
  execArgv: ['--disable-warning=ExperimentalWarning'],
});
let users = 4_000_000;
const watching = watchStalls();
const send = (rate: number, forSeconds: number): Promise<OpenLoopAnswer[]> =>
  sendOpenLoop({
    rate,
    total: Math.round(rate * forSeconds),
    url: () => `${gateway.url}/recommend/${users++}`,
    headers: { accept: 'application/json' },
    giveUpMs: 5_000,
  });
const shares = ({ requests, model, cache, fallback, failed, late, slowestMs }: OutcomeCounts): string =>
  `${requests} requests: model ${model}, cache ${cache}, fallback ${fallback}, failed ${failed}, late ${late}, slowest ${Math.round(slowestMs)} ms`;

const missed: string[] = [];
const judge = (name: string, answers: OpenLoopAnswer[]): OutcomeCounts => {
  const counts = countOutcomes(answers, watching.stalls);
  const p99 = percentile(
    answers.map(({ latencyMs }) => latencyMs),
    0.99,
  );
  console.log(`${name.padEnd(9)} ${shares(counts)}, p99 ${p99.toFixed(1)} ms`);
  if (counts.failed > 0) missed.push(`${name}: ${counts.failed} requests failed`);
  if (counts.late > 0) missed.push(`${name}: ${counts.late} answers late`);
  return counts;
};
try {
  await once(worker, 'message');
  await untilItServes(gateway);
  const before = judge('before', await send(calmRate, calmSeconds));
  const during = judge('overload', await send(offered, seconds));
  await pause(0);
  const afterAll = await send(calmRate, calmSeconds);
  const [first] = afterAll;
  judge(
    'at once',
    afterAll.filter(({ dueAt }) => dueAt < first.dueAt + normalAfterMs),
  );
  const after = judge(
    'after 2 s',
    afterAll.filter(({ dueAt }) => dueAt >= first.dueAt + normalAfterMs),
  );
  const inTime = during.model;
  const share = inTime / (capacity * seconds);
  console.log(`answers of the model in time: ${(100 * share).toFixed(1)} % of what the workers can do (at least 80)`);
  if (share < 0.8) missed.push(`only ${(100 * share).toFixed(1)} % of what the workers can do was in time`);
  for (const [name, { model, requests }] of Object.entries({ before, after }))
    if (model < 0.99 * requests) missed.push(`${name}: ${model} of ${requests} are answers of the model`);
} finally {
  watching.stop();
  worker.kill('SIGTERM');
  await platform.close();
}
console.log(missed.length === 0 ? 'kept' : `MISSED\n${missed.join('\n')}`);
process.exit(missed.length > 0 ? 1 : 0);
