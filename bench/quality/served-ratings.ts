import {
  createRatingEstimator,
  demographicGroup,
  evaluateRatings,
  fitBiases,
  packBiases,
  packServedRatings,
} from '../../packages/recommender/src/index.ts';
import { ratingColumns } from '../../services/trainer/src/rating/rating-columns.ts';
import { ratedUsers } from '../../services/trainer/src/rating/rated-users.ts';
import { trainServedRatings } from '../../services/trainer/src/rating/train-served-ratings.ts';
import type { QualityRow, QualityRun } from './quality-row.ts';
import { linesOf, readMovieLens, type MovieLensName } from './rating-movielens.ts';
import { readRankedSet } from './ranking-movielens.ts';

type Part = 'newest fifth of each user' | 'newest tenth of all';
type Snapshot = Parameters<typeof trainServedRatings>[0];

/** What a version foretells: trained as the trainer does, folded in as a worker does. The value is the RMSE above that of the biases alone. */
async function measure(name: MovieLensName, part: Part, seed: number): Promise<QualityRun> {
  const snapshot = readSnapshot(name, part);
  const { known, held } = part === 'newest tenth of all' ? newestOfAll(snapshot) : newestOfUsers(snapshot);
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const ratings = (await trainServedRatings(snapshot, known, { seed }))!;
  const { user, system } = process.cpuUsage(used);
  const biases = packBiases(fitBiases(ratingColumns(snapshot, known)));
  const estimator = createRatingEstimator(biases, ratings);
  const figures = evaluateRatings(estimator, biases[0], ratedUsers(snapshot, known, held));
  const shown = `RMSE ${figures.rmse!.toFixed(4)}, biases alone ${figures.biasOnlyRmse!.toFixed(4)}, ${figures.heldOutRatings} ratings`;
  const cost = `training CPU ${((user + system) / 1e6).toFixed(1)} s on ${known.length} ratings, file ${packServedRatings(ratings).byteLength} bytes`;
  return {
    value: figures.rmse! - figures.biasOnlyRmse!,
    seconds: (performance.now() - begun) / 1_000,
    configuration: `${shown}; share ${ratings.factorShare.toFixed(2)}, ${ratings.numbers - 1} factors; ${cost}, seed ${seed}`,
  };
}

/** Rows by user and item. Of ml-1m the times are known of a half, and the order within each user of all. */
export function readSnapshot(name: MovieLensName, part: Part): Snapshot {
  const set = readMovieLens(name);
  const times = part === 'newest tenth of all' || name === 'ml-100k' ? timesOf(name) : orderOf();
  const rows = set.rows
    .map(([user, item, rating], row) => ({ user, item, rating, time: times[row] }))
    .filter(({ time }) => time > 0)
    .sort((a, b) => a.user - b.user || a.item - b.item);
  const column = (read: (row: (typeof rows)[number]) => number): number[] => rows.map(read);
  const [years, genres] = ['year', 'genres'].map((group) => set.itemFeatures.find((own) => own.name === group)!);
  const featuresOf = (group: typeof years, item: number): number[] => [...group.feature.subarray(group.start[item], group.start[item + 1])]; // prettier-ignore
  return {
    rows: {
      user: Int32Array.from(column(({ user }) => user)),
      item: Int32Array.from(column(({ item }) => item)),
      minutes: new Float32Array(rows.length),
      rating: Float32Array.from(column(({ rating }) => rating)),
      lastTime: Float64Array.from(column(({ time }) => time)),
      userIds: Int32Array.from({ length: set.users }, (_, user) => user),
    },
    catalogue: Array.from({ length: set.items }, (_, item) => ({
      itemId: item,
      id: String(item),
      // Bands of the benchmark's own, five apart, so that each stays one.
      year: featuresOf(years, item).map((band) => 5 * band)[0] ?? null,
      genres: featuresOf(genres, item).map(String),
    })),
    groupOfUserId: Uint8Array.from({ length: set.users }, (_, user) => demographicGroup(set.people.get(user) ?? {})),
  } as unknown as Snapshot;
}

const timesOf = (name: MovieLensName): number[] =>
  name === 'ml-100k'
    ? linesOf('ml-100k', 'u.data').map((line) => Number(line.split('\t')[3]))
    : linesOf('ml-1m', 'ratings.dat.gz').map((line) => Number(line.split('::')[3]));

const orderOf = (): number[] => readRankedSet('ml-1m').rows.map(({ at }) => at);

function newestOfAll({ rows }: Snapshot) {
  const order = Int32Array.from(rows.item.keys()).sort((a, b) => rows.lastTime[a] - rows.lastTime[b] || a - b);
  const cut = Math.floor(0.9 * order.length);
  return { known: order.slice(0, cut).sort(), held: order.slice(cut).sort() };
}

export function newestOfUsers({ rows }: Snapshot) {
  const held = new Uint8Array(rows.item.length);
  for (const own of Map.groupBy(rows.item.keys(), (row) => rows.user[row]).values()) {
    if (own.length < 3) continue;
    own.sort((a, b) => rows.lastTime[a] - rows.lastTime[b] || a - b);
    for (const row of own.slice(-Math.max(1, Math.floor(own.length / 5)))) held[row] = 1;
  }
  const all = Int32Array.from(rows.item.keys());
  return { known: all.filter((row) => held[row] === 0), held: all.filter((row) => held[row] === 1) };
}

const rowOf = (data: MovieLensName, name: string, part: Part): QualityRow => ({
  name: `${data}-${name}`,
  measure: `RMSE of what a version foretells above its biases alone, ${part}`,
  better: 'lower',
  accept: 0,
  goal: -0.01,
  run: (seed) => measure(data, part, seed),
});

export const servedRatingRows: readonly QualityRow[] = (['ml-100k', 'ml-1m'] as const).flatMap((data) => [
  rowOf(data, 'served-rmse', 'newest fifth of each user'),
  rowOf(data, 'served-rmse-newest', 'newest tenth of all'),
]);
