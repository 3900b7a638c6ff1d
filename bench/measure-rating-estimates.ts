import { loadavg } from 'node:os';
import { createRatingEstimator, type RatedItem, type RatingEstimator } from '../packages/recommender/src/index.ts';
import { createDraws } from './quality/rating-splits.ts';

const help = `node scripts/with-node.mjs bench/measure-rating-estimates.ts [--json]

Processor time that a worker takes to foretell the ratings of a list of 20, by how many items of the history are rated: 27,000 items, 11 factors, as
the trainer makes them. Median of 15 rounds of 2,000 lists.

example    node scripts/with-node.mjs bench/measure-rating-estimates.ts --json`;

const items = 27_000;
const numbers = 12;
const histories = [
  { watched: 0, rated: 0 },
  { watched: 40, rated: 0 },
  { watched: 40, rated: 8 },
  { watched: 100, rated: 20 },
  { watched: 100, rated: 100 },
];

if (process.argv.includes('--help')) {
  console.log(help);
  process.exit(0);
}

const draws = createDraws(1);
const wave = (length: number): Float32Array => Float32Array.from({ length }, () => draws.below(2_000) / 2_000 - 0.5);

const estimator = createRatingEstimator(Float64Array.from(wave(items + 1)), {
  items,
  numbers,
  mean: 3,
  factorShare: 0.8,
  alpha: 1.3,
  scale: { min: 1, max: 5 },
  ownPrior: { mean: new Float64Array(numbers), precision: new Float64Array(numbers).fill(3) },
  itemVectors: wave(items * numbers),
  ratedVectors: wave(items * numbers),
  itemTrust: new Float32Array(items).fill(1),
});

/** Microseconds a list. */
function measure(of: RatingEstimator, watched: number, rated: number): number {
  const drawn = Array.from({ length: 500 }, () => ({
    history: Array.from({ length: watched }, (_, at): RatedItem => ({ index: draws.below(items), rating: at < rated ? 1 + draws.below(5) : 0 })), // prettier-ignore
    list: Array.from({ length: 20 }, () => draws.below(items)),
  }));
  const rounds = Array.from({ length: 20 }, () => {
    const begun = process.cpuUsage();
    for (let again = 0; again < 4; again += 1) for (const { history, list } of drawn) of.estimate(history, list);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / (4 * drawn.length);
  });
  // The first rounds are compiled meanwhile.
  return rounds.slice(5).sort((a, b) => a - b)[7];
}

const figures = histories.map(({ watched, rated }) => ({ watched, rated, microseconds: +measure(estimator, watched, rated).toFixed(2) })); // prettier-ignore
const load = +loadavg()[0].toFixed(1);
if (process.argv.includes('--json')) console.log(JSON.stringify({ load, figures }));
else
  for (const { watched, rated, microseconds } of figures)
    console.log(`${watched} watched, ${rated} rated: ${microseconds} µs (load ${load})`);
