import { cpus, loadavg, totalmem } from 'node:os';
import { measureAnswers } from './measure-answers.ts';
import { measureFreshness } from './measure-freshness.ts';
import { measureIngest } from './measure-ingest.ts';
import { measureKernels } from './measure-kernels.ts';
import { measureLearning } from './measure-learning.ts';
import { measureIngestPeak, partNames } from './measure-ingest-peak/measure-rounds.ts';
import { startPlatform } from './platform-under-test.ts';
import { printTable, type Row } from './print-table.ts';

const help = `npm run bench [-- --json] [-- --rounds 5] [-- --seconds 10] [-- --real] [-- --only freshness]

Starts a platform of its own in a temporary folder, measures it from outside and prints a table (or JSON):
the first start, training, a watched line until it is in the next answer, ingest (with the event-loop delay of the gateway meanwhile), answers open loop at 200/s, answers closed loop.
--only  one part: learning, freshness, ingest or answers; or ingest-peak, which needs real servers and takes minutes (more of it:
        node scripts/with-node.mjs bench/measure-ingest-peak.ts --help); or kernels, which needs nothing (bench/measure-kernels.ts --help)
--real  on RabbitMQ, Redis, Kafka and MariaDB (npm run setup:native) instead of the embedded adapters`;

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(help);
  process.exit(0);
}
const numberOf = (flag: string, otherwise: number): number => {
  const at = args.indexOf(flag);
  return at === -1 ? otherwise : Number(args[at + 1]);
};

const rounds = numberOf('--rounds', 5);
const seconds = numberOf('--seconds', 10);
const real = args.includes('--real');
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
const rows: Row[] = [];

async function measurePlatform(): Promise<void> {
  const platform = await startPlatform({ real });
  try {
    const parts: Record<string, () => Promise<Row[]>> = {
      learning: () => measureLearning(platform, rounds),
      freshness: () => measureFreshness(platform),
      ingest: () => measureIngest(platform, rounds),
      answers: () => measureAnswers(platform, { rounds, seconds }),
    };
    for (const [name, measure] of Object.entries(parts)) {
      if (only === undefined || only === name) rows.push(...(await measure()));
    }
  } finally {
    await platform.stop();
  }
}

const peak = { lines: 1_500_000, filledRows: 10_000_000, rounds, parts: partNames, nodeOptions: [] };
if (only === 'ingest-peak') rows.push(...(await measureIngestPeak(peak)));
else if (only === 'kernels') rows.push(...measureKernels([], { rounds, turnMs: 300, build: 'relaxed' }));
else await measurePlatform();

const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} × ${cpus()[0].model}`,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  loadAverage: loadavg().map((load) => +load.toFixed(2)),
  adapters: real ? 'RabbitMQ, Redis, Kafka, MariaDB' : 'embedded',
  rounds,
};
if (args.includes('--json')) console.log(JSON.stringify({ machine, rows }, null, 2));
else printTable(machine, rows);
process.exit(0);
