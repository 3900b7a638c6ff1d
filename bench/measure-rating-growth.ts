import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { defaultRatingSettings, type RatingData } from '../packages/recommender/src/index.ts';
import { trainRatingsInThreads } from '../services/trainer/src/rating/train-ratings-in-threads.ts';
import { describeMachine } from './measure-ingest-peak/describe-machine.ts';

const help = `node scripts/with-node.mjs bench/measure-rating-growth.ts [ratings …] [options]

What training the rating model costs as ratings grow: seconds a sweep (of two chains side by side), processor seconds a sweep and chain, and the
peak memory of the process that does nothing else. Drawn ratings; users and items grow with them as in MovieLens.

ratings    1000000 3000000 10000000 when none is named
options    --threads 2   --factors 19   --sweeps 4
           --json

example    node scripts/with-node.mjs bench/measure-rating-growth.ts 1000000 --threads 1`;

interface Growth {
  readonly ratings: number;
  readonly users: number;
  readonly items: number;
  readonly threads: number;
  readonly secondsASweep: number;
  readonly processorSecondsASweepAndChain: number;
  readonly peakMiB: number;
}

/** MovieLens 1M has 6,040 users and 3,706 items, 10M has 69,878 and 10,677: between them on a logarithmic line. */
function shapeOf(ratings: number): { users: number; items: number } {
  const along = Math.log10(ratings / 1e6);
  return { users: Math.round(6_040 * (69_878 / 6_040) ** along), items: Math.round(3_706 * (10_677 / 3_706) ** along) };
}

function drawData(ratings: number): RatingData {
  const { users, items } = shapeOf(ratings);
  let state = 1;
  const share = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
  const user = Int32Array.from({ length: ratings }, () => Math.floor(users * share() ** 2));
  const item = Int32Array.from({ length: ratings }, () => Math.floor(items * share() ** 2));
  const rating = Float32Array.from(
    user,
    (row, at) => 1 + Math.floor(2.5 * share() + (row % 2) + ((item[at] >> 3) % 2)),
  );
  return { users, items, user, item, rating, scale: { min: 1, max: 5 } };
}

/** Two chains of some sweeps, timed between their first sweep and their last. */
async function measureHere(ratings: number, threads: number, factors: number, sweeps: number): Promise<Growth> {
  const data = drawData(ratings);
  const chains = [
    { factors, sweeps: sweeps + 1 },
    { factors, sweeps: sweeps + 1 },
  ];
  const seen: { at: number; cpu: number; sweep: number }[] = [];
  await trainRatingsInThreads(
    data,
    { ...defaultRatingSettings, chains, validationShare: 0, samplesKept: 2 },
    {
      threads,
      onProgress: ({ sweep }) => {
        const { user, system } = process.cpuUsage();
        seen.push({ at: performance.now() / 1e3, cpu: (user + system) / 1e6, sweep });
      },
    },
  );
  const spent = spentOn(seen, threads);
  return {
    ratings,
    users: data.users,
    items: data.items,
    threads,
    secondsASweep: spent.seconds / sweeps,
    processorSecondsASweepAndChain: spent.cpu / sweeps / chains.length,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

/** From a chain's first sweep, before which it packs its ratings, to its last; one after the other where there is one thread. */
function spentOn(seen: readonly { at: number; cpu: number; sweep: number }[], threads: number) {
  const firsts = seen.filter(({ sweep }) => sweep === 1);
  const lasts = seen.filter(({ sweep }) => sweep === Math.max(...seen.map((one) => one.sweep)));
  const between = (from: (typeof seen)[number], to: (typeof seen)[number]) => ({
    seconds: to.at - from.at,
    cpu: to.cpu - from.cpu,
  });
  if (threads > 1) return between(firsts.at(-1)!, lasts.at(-1)!);
  const parts = firsts.map((first, chain) => between(first, lasts[chain]));
  return {
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    cpu: parts.reduce((sum, { cpu }) => sum + cpu, 0),
  };
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
    here: { type: 'boolean' },
    threads: { type: 'string', default: '2' },
    factors: { type: 'string', default: '19' },
    sweeps: { type: 'string', default: '4' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
const sizes = positionals.length > 0 ? positionals.map(Number) : [1e6, 3e6, 1e7];
const [threads, factors, sweeps] = [values.threads, values.factors, values.sweeps].map(Number);
if (values.here) console.log(JSON.stringify(await measureHere(sizes[0], threads, factors, sweeps)));
else {
  // A process each, so that one size's memory is not another's.
  const figures = sizes.map((ratings): Growth => {
    const options = [`--threads=${threads}`, `--factors=${factors}`, `--sweeps=${sweeps}`, '--here', String(ratings)];
    const child = spawnSync(process.execPath, [import.meta.filename, ...options], { encoding: 'utf8' });
    if (child.status !== 0) throw new Error(child.stderr);
    return JSON.parse(child.stdout) as Growth;
  });
  const machine = describeMachine({ factors: values.factors, chains: '2' });
  if (values.json) console.log(JSON.stringify({ machine, figures }, null, 2));
  else {
    for (const [name, value] of Object.entries(machine)) console.log(`${name}: ${value}`);
    console.log(
      '\n| ratings | users × items | threads | s a sweep of both chains | processor s a sweep and chain | ns a rating | peak MiB |',
    );
    console.log('|---:|---|---:|---:|---:|---:|---:|');
    for (const one of figures) {
      const perRating = (1e9 * one.processorSecondsASweepAndChain) / one.ratings;
      console.log(
        `| ${one.ratings.toLocaleString('en')} | ${one.users} × ${one.items} | ${one.threads} | ${one.secondsASweep.toFixed(3)} | ${one.processorSecondsASweepAndChain.toFixed(3)} | ${perRating.toFixed(0)} | ${one.peakMiB.toFixed(0)} |`,
      );
    }
  }
}
