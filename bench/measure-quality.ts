import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';
import type { QualityRow, QualityRun } from './quality/quality-row.ts';
import { candidateRows } from './quality/candidate-recall.ts';
import { rankingRows } from './quality/ranking-rows.ts';
import { ratingRows } from './quality/rating-rows.ts';
import { servedRatingRows } from './quality/served-ratings.ts';

/** Every measure; a part of the product adds its own here. */
const rows: readonly QualityRow[] = [...ratingRows, ...servedRatingRows, ...rankingRows, ...candidateRows];

const help = `REELAY_DATA=<folder> node scripts/with-node.mjs bench/measure-quality.ts [row …] [options]

How good recommendations are on public data, beside what is accepted and what is wanted. Each row states its configuration and the seconds of that
same run; a figure is the mean over the seeds. Ends with 1 when one is not accepted.

rows       ${rows.map(({ name }) => name).join(', ')}; all when none is named
options    --seeds 1,2,3
           --json
           --verbose   progress on stderr

example    REELAY_DATA=~/movielens node scripts/with-node.mjs bench/measure-quality.ts ml-100k-rmse --seeds 1`;

interface Figure {
  readonly row: string;
  readonly measure: string;
  readonly mean: number;
  readonly accept: number;
  readonly goal: number;
  readonly verdict: 'goal' | 'accepted' | 'not accepted';
  readonly runs: readonly (QualityRun & { seed: number; load: number })[];
}

function verdictOf({ better, accept, goal }: QualityRow, value: number): Figure['verdict'] {
  const reaches = (limit: number): boolean => (better === 'lower' ? value <= limit : value >= limit);
  if (reaches(goal)) return 'goal';
  return reaches(accept) ? 'accepted' : 'not accepted';
}

async function measure(row: QualityRow, seeds: readonly number[], verbose: boolean): Promise<Figure> {
  const runs: Figure['runs'][number][] = [];
  const tell = (progress: string): void => {
    if (verbose) console.error(`${row.name}: ${progress}`);
  };
  for (const seed of seeds) {
    const run = await row.run(seed, tell);
    runs.push({ ...run, seed, load: +loadavg()[0].toFixed(1) });
    console.error(
      `${row.name}, seed ${seed}: ${row.measure} ${run.value.toFixed(4)} in ${run.seconds.toFixed(1)} s (${run.configuration})`,
    );
  }
  const mean = runs.reduce((sum, { value }) => sum + value / runs.length, 0);
  const { name, measure, accept, goal } = row;
  return { row: name, measure, mean, accept, goal, verdict: verdictOf(row, mean), runs };
}

function print(figures: readonly Figure[]): void {
  console.log('| row | measure | mean | accept / goal | verdict | runs | seconds | load | configuration |');
  console.log('|---|---|---:|---|---|---|---|---|---|');
  for (const { row, measure, mean, accept, goal, verdict, runs } of figures) {
    const each = (read: (run: (typeof runs)[number]) => string): string => runs.map(read).join(' · ');
    const seconds = each((run) => run.seconds.toFixed(0));
    const values = each(({ value }) => value.toFixed(4));
    const loads = each(({ load }) => String(load));
    console.log(
      `| ${row} | ${measure} | ${mean.toFixed(4)} | ${accept} / ${goal} | ${verdict} | ${values} | ${seconds} | ${loads} | ${runs[0].configuration} |`,
    );
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    verbose: { type: 'boolean' },
    seeds: { type: 'string', default: '1,2,3' },
  },
});
const unknown = positionals.find((name) => rows.every((row) => row.name !== name));
if (values.help || unknown !== undefined) {
  console.log(unknown === undefined ? help : `no row "${unknown}"\n\n${help}`);
  process.exit(unknown === undefined ? 0 : 2);
}
const seeds = values.seeds.split(',').map(Number);
const wanted = rows.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const figures: Figure[] = [];
for (const row of wanted) figures.push(await measure(row, seeds, values.verbose ?? false));
const machine = describeMachine({ seeds: values.seeds });
if (values.json) console.log(JSON.stringify({ machine, figures }, null, 2));
else {
  for (const [name, value] of Object.entries(machine)) console.log(`${name}: ${String(value)}`);
  print(figures);
}
process.exitCode = figures.some(({ verdict }) => verdict === 'not accepted') ? 1 : 0;
