import { loadavg } from 'node:os';
import { packServedRatings } from '../packages/recommender/src/index.ts';
import { trainServedRatings } from '../services/trainer/src/rating/train-served-ratings.ts';
import { createDraws } from './quality/rating-splits.ts';
import { readOptions } from './read-options.ts';

const help = `node scripts/with-node.mjs bench/measure-served-ratings.ts [options]

What the rating model of a version costs to train, at the size of the course: drawn ratings of users who rate a few movies each, in a process of its own.
A training of the platform does this twice.

options    --ratings 1000000   --users 300000   --items 27000   --threads 1
           --json

example    node scripts/with-node.mjs bench/measure-served-ratings.ts --ratings 100000 --users 30000`;

const { ratings, users, items, threads, json } = readOptions(help, {
  numbers: { ratings: 1_000_000, users: 300_000, items: 27_000, threads: 1 },
  switches: ['json'],
});

/** Popular movies are rated most; how good a movie is, and who rates it, moves a rating. */
function drawSnapshot(): Parameters<typeof trainServedRatings>[0] {
  const { below } = createDraws(1);
  const user = Int32Array.from({ length: ratings }, () => below(users)).sort();
  const item = Int32Array.from({ length: ratings }, () => Math.floor(items * (below(10_000) / 10_000) ** 3));
  const rating = Float32Array.from(user, (own, at) => 1 + (((own % 3) + (item[at] % 3) + below(2)) % 5));
  return {
    rows: {
      user,
      item,
      rating,
      minutes: new Float32Array(ratings),
      lastTime: Float64Array.from({ length: ratings }, () => below(1e9)),
      userIds: Int32Array.from({ length: users }, (_, place) => place),
    },
    catalogue: Array.from({ length: items }, (_, place) => ({
      itemId: place,
      id: String(place),
      year: 1950 + (place % 70),
      genres: [String(place % 18)],
    })),
  } as unknown as ReturnType<typeof drawSnapshot>;
}

const snapshot = drawSnapshot();
const [begun, used] = [performance.now(), process.cpuUsage()];
const trained = (await trainServedRatings(snapshot, Int32Array.from(snapshot.rows.item.keys()), { seed: 1, threads }))!;
const { user, system } = process.cpuUsage(used);
const figures = {
  ratings,
  users,
  items,
  factors: Math.max(0, trained.numbers - 1),
  factorShare: +trained.factorShare.toFixed(3),
  seconds: +((performance.now() - begun) / 1_000).toFixed(1),
  processorSeconds: +((user + system) / 1e6).toFixed(1),
  fileBytes: packServedRatings(trained).byteLength,
  peakMiB: Math.round(process.resourceUsage().maxRSS / 1_024),
  load: +loadavg()[0].toFixed(1),
};
if (json) console.log(JSON.stringify(figures));
else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(18)}${value}`);
