import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { measureGrowth, type GrowthFigure } from './quality/ranking-growth.ts';

const help = `node scripts/with-node.mjs bench/measure-ranking-growth.ts [options]

What the ranking models cost as the data grows, on drawn interactions: seconds of a sweep of implicit ALS, seconds of EASE on its most interacted items, peak memory of
the process (one a size), and what the second thread brings.

options    --millions 1,3,10   --factors 64   --threads 1,2   --json`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    millions: { type: 'string', default: '1,3,10' },
    factors: { type: 'string', default: '64' },
    threads: { type: 'string', default: '1,2' },
    one: { type: 'string' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const numbersOf = (text: string): number[] => text.split(',').map(Number);

if (values.one !== undefined) {
  const [millions, threads] = numbersOf(values.one);
  console.log(JSON.stringify(await measureGrowth(millions, Number(values.factors), threads)));
} else {
  const figures = numbersOf(values.millions).flatMap((millions) =>
    numbersOf(values.threads).map((threads) => measureAlone(millions, threads)),
  );
  if (values.json) console.log(JSON.stringify(figures, null, 2));
  else print(figures);
}

function measureAlone(millions: number, threads: number): GrowthFigure {
  const args = [import.meta.filename, '--one', `${millions},${threads}`, '--factors', values.factors];
  const figure = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as GrowthFigure;
  console.error(JSON.stringify({ ...figure, load: loadavg()[0] }));
  return figure;
}

function print(figures: readonly GrowthFigure[]): void {
  console.log(
    '| interactions | users × items | threads | ALS s/sweep (CPU s) | CPU ns an interaction | EASE s (CPU s; items) | peak RSS MB |',
  );
  console.log('|---:|---|---:|---:|---:|---:|---:|');
  for (const figure of figures) {
    const { interactions, users, items, threads, easeItems } = figure;
    const als = `${figure.alsSecondsPerSweep.toFixed(2)} (${figure.alsCpuSecondsPerSweep.toFixed(2)})`;
    const each = ((figure.alsCpuSecondsPerSweep / interactions) * 1e9).toFixed(0);
    const ease = `${figure.easeSeconds.toFixed(1)} (${figure.easeCpuSeconds.toFixed(1)}; ${easeItems})`;
    const rss = (figure.rssPeakBytes / 1e6).toFixed(0);
    console.log(`| ${interactions} | ${users} × ${items} | ${threads} | ${als} | ${each} | ${ease} | ${rss} |`);
  }
}
