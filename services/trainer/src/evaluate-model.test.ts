import { createModel, evaluateRanking } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainerConfig } from './config.ts';
import { evaluateModel } from './evaluate-model.ts';
import { trainingSettings } from './settings.ts';
import { splitHoldOut } from './split-hold-out.ts';
import { snapshotOf } from './testing/snapshot-of.ts';
import { drawTasteData, shuffleUsers, type TasteData } from './testing/taste-data.ts';
import { groupOfPlace } from './ranking/train-ranking.ts';
import { trainModel } from './train-model.ts';

const data = drawTasteData({ users: 300, items: 400, eventsPerUser: 20, seed: 1 });
const defaults = trainingSettings(trainerConfig.parse({}));

async function evaluated(from: TasteData, usersMax = 5_000, settings = defaults) {
  const snapshot = await snapshotOf(from);
  const holdOut = await splitHoldOut(snapshot);
  const model = await trainModel(snapshot, holdOut.train, settings);
  return { snapshot, holdOut, model, metrics: await evaluateModel({ snapshot, holdOut, model, usersMax }) };
}

test('a population with tastes is foretold better than by popularity and by the mean', async () => {
  const { metrics } = await evaluated(data);
  expect(metrics.users).toBe(300);
  expect(metrics.ndcgAt10).toBeGreaterThan(metrics.popularityNdcgAt10 ?? 1);
  expect(metrics.heldOutRatings).toBeGreaterThan(100);
  expect(metrics.rmse).toBeLessThan(metrics.globalMeanRmse ?? 0);
});

test('planted: with shuffled user ids the history tells nothing, and popularity is not reached', async () => {
  // A ridge below the noise: what is learned from noise shows, where the chosen ridge would shrink it to popularity itself.
  const learning = trainingSettings(trainerConfig.parse({ REGULARISATION: '0.02' }));
  const { metrics } = await evaluated(shuffleUsers(data, 7), 5_000, learning);
  expect(metrics.users).toBe(300);
  expect(metrics.ndcgAt10).toBeLessThan(metrics.popularityNdcgAt10 ?? 0);
});

test('the ranking figures are those of the reference evaluation', async () => {
  const { snapshot, holdOut, model, metrics } = await evaluated(data);
  const { rows } = snapshot;
  const rowOf = (row: number) => ({
    user: rows.user[row],
    item: rows.item[row],
    minutes: rows.minutes[row],
    rating: rows.rating[row],
  });
  const reference = evaluateRanking({
    model: createModel(model),
    train: Array.from(holdOut.train, rowOf),
    test: Array.from(holdOut.test, rowOf),
    groupOfUser: groupOfPlace(snapshot),
  });
  expect(metrics.ndcgAt10).toBeCloseTo(reference.ndcg ?? -1, 10);
  expect(metrics.popularityNdcgAt10).toBeCloseTo(reference.popularityNdcg ?? -1, 10);
});

test('of too many users an evenly spaced part is tried', async () => {
  expect((await evaluated(data, 7)).metrics.users).toBe(7);
});

test('where nobody rated, the rating figures are not measured', async () => {
  const unrated = data.interactions.map((row) => ({ ...row, rating: 0, ratedAt: 0 }));
  const { metrics, model } = await evaluated({ ...data, interactions: unrated });
  expect(metrics).toMatchObject({ rmse: null, globalMeanRmse: null, heldOutRatings: 0 });
  expect(model.biases.every((bias) => bias === 0)).toBe(true);
});
