import { expect, test } from 'vitest';
import { trainerConfig } from '../config.ts';
import { historyOf, triedUsers } from '../evaluate-model.ts';
import { trainingSettings } from '../settings.ts';
import { splitHoldOut } from '../split-hold-out.ts';
import { snapshotOf } from '../testing/snapshot-of.ts';
import { drawTasteData, shuffleUsers, type TasteData } from '../testing/taste-data.ts';
import { trainModel } from '../train-model.ts';
import { measureCandidates } from './measure-candidates.ts';

const data = drawTasteData({ users: 300, items: 400, eventsPerUser: 20, seed: 1 });
const settings = trainingSettings(trainerConfig.parse({ ITEM_WEIGHTS_RIDGE: '5', REGULARISATION: '0.02' }));

async function measured(from: TasteData, share: number) {
  const snapshot = await snapshotOf(from);
  const holdOut = await splitHoldOut(snapshot);
  const model = await trainModel(snapshot, holdOut.train, settings, {}, { share, placesNewItems: false });
  const evaluation = { snapshot, holdOut, model, usersMax: 5_000 };
  return { ...evaluation, candidates: (await measureCandidates(evaluation))! };
}

test('popular candidates are the most watched of the training part, by a full sort', async () => {
  const { candidates, snapshot, holdOut } = await measured(data, 0.5);
  const watchers = new Map<number, number>();
  for (const row of holdOut.train)
    watchers.set(snapshot.rows.item[row], (watchers.get(snapshot.rows.item[row]) ?? 0) + 1);
  const order = [...watchers].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([item]) => item);
  const shares = triedUsers(snapshot, holdOut, 5_000).map((user) => {
    const { relevant, seen } = historyOf(snapshot, user);
    const best = order.filter((item) => !seen.includes(item)).slice(0, candidates.depth);
    return best.filter((item) => relevant.has(item)).length / relevant.size;
  });
  expect(candidates).toMatchObject({ users: 300, depth: 100 });
  expect(candidates.bySource.popular).toBeCloseTo(shares.reduce((sum, share) => sum + share) / shares.length, 10);
});

test('tastes are proposed by factors and neighbours, more than by what is popular; together they have the most', async () => {
  const { together, bySource } = (await measured(data, 0.5)).candidates;
  const { factors = 0, neighbours = 0, popular = 1 } = bySource;
  expect(factors).toBeGreaterThan(1.05 * popular);
  expect(neighbours).toBeGreaterThan(1.05 * popular);
  for (const share of Object.values(bySource)) expect(together).toBeGreaterThanOrEqual(share);
  expect(together).toBeLessThanOrEqual(1);
});

test('planted: with shuffled users factors propose less than what is popular', async () => {
  const { factors = 1, popular = 0 } = (await measured(shuffleUsers(data, 7), 0.5)).candidates.bySource;
  expect(factors).toBeLessThan(popular);
});

test('what does not count in a list is no source', async () => {
  expect(Object.keys((await measured(data, 0)).candidates.bySource)).toEqual(['factors', 'prior', 'popular']);
  expect(Object.keys((await measured(data, 1)).candidates.bySource)).toEqual(['neighbours', 'prior', 'popular']);
});
