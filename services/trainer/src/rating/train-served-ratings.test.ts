import {
  createRatingEstimator,
  evaluateRatings,
  fitBiases,
  packBiases,
  packServedRatings,
  planTraining,
  runsBothChains,
  defaultRatingSettings,
  type ServedRatings,
} from '@reelay/recommender';
import { expect, test } from 'vitest';
import type { Snapshot } from '../snapshot/open-snapshot.ts';
import { createDice } from '../testing/taste-data.ts';
import { moveRatings } from './move-ratings.ts';
import { ratedUsers } from './rated-users.ts';
import { ratedRows, ratingColumns } from './rating-columns.ts';
import { isWorthThreads, runChains, runChainsInThreads } from './run-chains.ts';
import { splitNewest } from './split-newest.ts';
import { trainServedRatings } from './train-served-ratings.ts';

interface Row {
  user: number;
  item: number;
  rating: number;
}

/** Rows in the order they came; the snapshot has them by user and item, and the newer one of a pair that comes twice. */
function snapshotOf(rows: readonly Row[], items: number): Snapshot {
  const pairs = new Map(rows.map((row, time) => [row.user * items + row.item, { ...row, time }]));
  const sorted = [...pairs].sort(([one], [other]) => one - other).map(([, row]) => row);
  const userIds = [...new Set(sorted.map(({ user }) => user))];
  const placeOf = new Map(userIds.map((id, place) => [id, place]));
  const column = (take: (row: (typeof sorted)[number]) => number): number[] => sorted.map(take);
  return {
    rows: {
      user: Int32Array.from(column(({ user }) => placeOf.get(user)!)),
      item: Int32Array.from(column(({ item }) => item)),
      minutes: new Float32Array(sorted.length).fill(30),
      rating: Float32Array.from(column(({ rating }) => rating)),
      lastTime: Float64Array.from(column(({ time }) => time)),
      userIds: Int32Array.from(userIds),
    },
    catalogue: Array.from({ length: items }, (_, item) => ({
      itemId: item,
      id: `item ${item}`,
      year: 1980 + (item % 30),
      genres: [item % 2 === 0 ? 'even' : 'odd'],
    })),
  } as unknown as Snapshot;
}

const allRows = ({ rows }: Snapshot): Int32Array => Int32Array.from(rows.item.keys());

/** Figures on the newest tenth of what was trained on the rest. */
async function foretell(snapshot: Snapshot, change: (ratings: ServedRatings) => ServedRatings = (same) => same) {
  const { rows } = snapshot;
  const order = allRows(snapshot).toSorted((a, b) => rows.lastTime[a] - rows.lastTime[b]);
  const cut = Math.floor(0.9 * order.length);
  const [known, held] = [order.slice(0, cut).sort(), order.slice(cut).sort()];
  const ratings = (await trainServedRatings(snapshot, known, { seed: 1 }))!;
  const biases = packBiases(fitBiases(ratingColumns(snapshot, ratedRows(snapshot, known))));
  const estimator = createRatingEstimator(biases, change(ratings));
  return { ratings, ...evaluateRatings(estimator, biases[0], ratedUsers(snapshot, known, held)) };
}

const points = (value: number): number => Math.min(5, Math.max(1, Math.round(value)));

/** Half of the items fit a user, the others do not; `turned`: from that share of the rows on, ratings say the opposite. */
function tastes(count: number, turned = 1, { users, items } = { users: 150, items: 80 }): Row[] {
  const dice = createDice(5);
  return Array.from({ length: count }, (_, at) => {
    const [user, item] = [Math.floor(dice() * users), Math.floor(dice() * items)];
    const fits = (user + item) % 2 === (at < turned * count ? 0 : 1);
    return { user, item, rating: points((fits ? 4.4 : 1.8) + dice()) };
  });
}

/** As the course's log: nearly everybody is seen once, and ratings say little but how good a movie is. */
function courseStream(count: number): Row[] {
  const dice = createDice(9);
  return Array.from({ length: count }, (_, at) => {
    const item = Math.floor(300 * dice() ** 2);
    const user = dice() < 0.8 ? 1_000 + at : Math.floor(dice() * 400);
    return { user, item, rating: dice() < 0.3 ? 0 : points(3 + Math.sin(item) + 2 * dice() - 1) };
  });
}

test('where tastes decide, ratings are foretold far better than by biases', async () => {
  const { rmse, biasOnlyRmse, ratings } = await foretell(snapshotOf(tastes(5_000), 80));
  expect(rmse!).toBeLessThan(0.7 * biasOnlyRmse!);
  expect(ratings.factorShare).toBeGreaterThan(0.9);
});

test('on a course stream, where nearly everybody has one event, it is no worse than the biases', async () => {
  const { rmse, biasOnlyRmse, globalMeanRmse } = await foretell(snapshotOf(courseStream(4_000), 300));
  expect(rmse!).toBeLessThanOrEqual(biasOnlyRmse!);
  expect(rmse!).toBeLessThan(globalMeanRmse!);
});

test('where tastes have turned, the newest ratings say so, and it is no worse than the biases', async () => {
  const { rmse, biasOnlyRmse, ratings } = await foretell(snapshotOf(tastes(5_000, 0.85), 80));
  expect(rmse!).toBeLessThanOrEqual(biasOnlyRmse!);
  expect(ratings.factorShare).toBe(0);
});

test('planted: whoever trusts the factors all the same is worse than the biases', async () => {
  const snapshot = snapshotOf(tastes(5_000, 0.85), 80);
  const older = snapshotOf(tastes(4_000), 80);
  const factors = (await trainServedRatings(older, allRows(older), { seed: 1 }))!;
  const { rmse, biasOnlyRmse } = await foretell(snapshot, () => ({ ...factors, factorShare: 1 }));
  expect(rmse!).toBeGreaterThan(1.2 * biasOnlyRmse!);
});

test('few ratings, equal ones and none: biases alone, or nothing', async () => {
  const few = snapshotOf(tastes(500), 80);
  expect(await trainServedRatings(few, allRows(few), { seed: 1 })).toMatchObject({
    numbers: 0,
    scale: { min: 2, max: 5 },
  });
  const equal = snapshotOf(tastes(3_000).map((row) => ({ ...row, rating: 3 })), 80); // prettier-ignore
  expect(await trainServedRatings(equal, allRows(equal), { seed: 1 })).toMatchObject({ numbers: 0, mean: 3 });
  const none = snapshotOf(tastes(3_000).map((row) => ({ ...row, rating: 0 })), 80); // prettier-ignore
  expect(await trainServedRatings(none, allRows(none), { seed: 1 })).toBeUndefined();
});

test('the same rows and seed give the same bytes; another seed others; a stop ends it', async () => {
  const snapshot = snapshotOf(tastes(3_000), 80);
  const bytes = async (seed: number) =>
    packServedRatings((await trainServedRatings(snapshot, allRows(snapshot), { seed }))!);
  expect(await bytes(1)).toEqual(await bytes(1));
  expect(await bytes(2)).not.toEqual(await bytes(1));
  const stopped = trainServedRatings(snapshot, allRows(snapshot), {
    seed: 1,
    signal: AbortSignal.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
});

const manyTastes = (turned = 1) => snapshotOf(tastes(62_000, turned, { users: 600, items: 300 }), 300);

test('two chains at once give the bytes of one after the other', async () => {
  const snapshot = manyTastes();
  expect(isWorthThreads(snapshot.rows.item.length)).toBe(true);
  const train = async (threads: number) =>
    (await trainServedRatings(snapshot, allRows(snapshot), { seed: 1, threads }))!;
  const together = await train(2);
  expect(packServedRatings(together)).toEqual(packServedRatings(await train(1)));
  expect(together.factorShare).toBeGreaterThan(0);
});

test('of two chains at once the one on everything is given up where factors are not trusted', async () => {
  const snapshot = manyTastes(0.85);
  expect(await trainServedRatings(snapshot, allRows(snapshot), { seed: 1, threads: 2 })).toMatchObject({ numbers: 0 });
});

test('a stop ends both chains', async () => {
  const snapshot = manyTastes();
  const aborter = new AbortController();
  const training = trainServedRatings(snapshot, allRows(snapshot), { seed: 1, threads: 2, signal: aborter.signal });
  aborter.abort(new Error('enough'));
  await expect(training).rejects.toThrow('enough');
});

test('two chains are at once only with two threads, and where memory allows it', () => {
  const course = { ratings: 1_000_000, users: 300_000, items: 27_000 };
  expect([1, 2].map((threads) => runsBothChains(course, 11, threads))).toEqual([false, true]);
  expect(runsBothChains({ ...course, users: 600_000 }, 11, 2)).toBe(false);
});

test('chains have the same bits in this thread and in others', async () => {
  const { rows } = snapshotOf(tastes(3_000), 80);
  const settings = {
    ...defaultRatingSettings,
    chains: [3, 2].map((factors) => ({ factors, sweeps: 10 })),
    keepMean: true,
  };
  const plan = planTraining({ users: 150, items: 80, ...rows, scale: { min: 1, max: 5 } }, settings);
  const here = await runChains(plan, {});
  expect(await runChainsInThreads(plan, { threads: 2 })).toEqual(here);
  expect(here.map(({ samples, mean }) => [samples.length, mean?.numbers])).toEqual([[0, 4], [0, 3], [0, 8]]); // prettier-ignore
});

test('the newest are told from the older by time, the later row first among equal times', () => {
  const rows = { lastTime: Float64Array.of(5, 1, 9, 9, 2, 3, 4, 9, 0, 6) };
  const split = splitNewest({ rows } as unknown as Snapshot, Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  expect(split).toEqual({ older: Int32Array.of(0, 1, 2, 4, 5, 6, 8, 9), newest: Int32Array.of(3, 7) });
});

test('ratings move to a newer catalogue: known items foretell as before, new ones are average', async () => {
  const snapshot = snapshotOf(tastes(3_000), 80);
  const ratings = (await trainServedRatings(snapshot, allRows(snapshot), { seed: 1 }))!;
  const places = Array.from({ length: 80 }, (_, at) => (at * 7) % 81);
  const moved = moveRatings(packServedRatings(ratings), places, 81);
  const biasesOf = (items: number) => new Float64Array(items + 1);
  const history = [3, 8, 12].map((index) => ({ index, rating: 5 }));
  const before = createRatingEstimator(biasesOf(80), ratings).estimate(history, [0, 1, 2]);
  const after = createRatingEstimator(biasesOf(81), moved);
  const shifted = history.map(({ index, rating }) => ({ index: places[index], rating }));
  expect(after.estimate(shifted, [places[0], places[1], places[2]])).toEqual(before);
  const [fresh] = after.estimate([], [80]);
  expect(Number.isFinite(fresh)).toBe(true);
  expect(() => moveRatings(packServedRatings(ratings), places.slice(1), 81)).toThrow(
    expect.objectContaining({ code: 'ARTIFACT_CORRUPT' }),
  );
});
