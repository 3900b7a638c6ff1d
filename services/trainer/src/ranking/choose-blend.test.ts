import { createModel, unpackItemWeights } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainerConfig } from '../config.ts';
import { trainingSettings } from '../settings.ts';
import { splitHoldOut } from '../split-hold-out.ts';
import { snapshotOf } from '../testing/snapshot-of.ts';
import { drawTasteData, shuffleUsers, type TasteData } from '../testing/taste-data.ts';
import { chooseBlend } from './choose-blend.ts';
import { moveItemWeights } from './move-item-weights.ts';
import { sampleUsers } from './sample-users.ts';
import { factorsAlone, trainRanking } from './train-ranking.ts';

/** Tastes of few dimensions that one factor cannot tell apart, so that item weights have something to add. */
const data = drawTasteData({ users: 400, items: 150, eventsPerUser: 20, seed: 2 });
const settingsOf = (settings: Record<string, string>) =>
  trainingSettings(trainerConfig.parse({ FACTORS: '1', SWEEPS: '3', ITEM_WEIGHTS_RIDGE: '5', ...settings }));
const fewFactors = settingsOf({});

async function choose(from: TasteData, settings = fewFactors) {
  const snapshot = await snapshotOf(from);
  return chooseBlend(snapshot, await splitHoldOut(snapshot), settings);
}

test('item weights that foretell more than the factors get a share, the best one of those tried', async () => {
  const { share, trials } = await choose(data);
  const best = trials.toSorted((a, b) => b.ndcg - a.ndcg)[0];
  expect(share).toBe(best.share);
  expect(share).toBeGreaterThan(0);
  expect(trials[0].share).toBe(0);
  expect(best.ndcg).toBeGreaterThan(1.1 * trials[0].ndcg);
});

test('planted: where users are shuffled, weights foretell nothing and get no share', async () => {
  const { share, trials } = await choose(shuffleUsers(data, 3));
  expect(trials.length).toBeGreaterThan(3);
  expect(share).toBe(0);
});

test('nothing is tried on few users, for a given share, or without item weights', async () => {
  const few = drawTasteData({ users: 150, items: 80, eventsPerUser: 10, seed: 1 });
  expect(await choose(few)).toEqual({ ...factorsAlone, trials: [] });
  expect(await choose(data, settingsOf({ ITEM_WEIGHTS_SHARE: '0.25' }))).toEqual({
    ...factorsAlone,
    share: 0.25,
    trials: [],
  });
  const off = settingsOf({ ITEM_WEIGHTS_SHARE: '0.25', ITEM_WEIGHTS_ITEMS: '0' });
  expect(await choose(data, off)).toEqual({ ...factorsAlone, trials: [] });
});

test('the choice looks at no held-out row', async () => {
  const snapshot = await snapshotOf(data);
  const holdOut = await splitHoldOut(snapshot);
  const { rows } = snapshot;
  const spoilt = rows.item.slice();
  for (const row of holdOut.test) spoilt[row] = 0;
  const blind = { ...snapshot, rows: { ...rows, item: spoilt } };
  const choice = await chooseBlend(snapshot, holdOut, fewFactors);
  expect(await chooseBlend(blind, holdOut, fewFactors)).toEqual(choice);
  // Planted: a row that may be looked at changes what comes out.
  for (const row of holdOut.train) spoilt[row] = (spoilt[row] + row) % 150;
  expect(await chooseBlend(blind, holdOut, fewFactors)).not.toEqual(choice);
});

test('the same data gives the same weights, here and in threads, of as many as fit', async () => {
  const wide = await snapshotOf(drawTasteData({ users: 120, items: 700, eventsPerUser: 30, seed: 4 }));
  const rows = Int32Array.from(wide.rows.item.keys());
  const settings = settingsOf({ ITEM_WEIGHTS_ITEMS: '600', ITEM_WEIGHTS_KEPT: '20' });
  const [one, two] = await Promise.all(
    [1, 2].map((threads) => trainRanking(wide, rows, settings, { threads }, { ...factorsAlone, share: 0.4 })),
  );
  expect(two.blend).toEqual(one.blend);
  expect(one.blend?.share).toBe(0.4);
  const { target } = one.blend!.weights;
  expect(new Set(target).size).toBeLessThanOrEqual(600);
  expect(target.length).toBeLessThanOrEqual(600 * 20);
  expect(target.length).toBeGreaterThan(1_000);
  const without = await trainRanking(wide, rows, settings, {}, factorsAlone);
  expect(without.blend).toBeUndefined();
  expect(without.itemFactors).toEqual(one.itemFactors);
});

test('a sample has whole users, evenly spaced, with their own groups', async () => {
  const snapshot = await snapshotOf(data);
  const rows = Int32Array.from(snapshot.rows.item.keys());
  expect(sampleUsers(snapshot, rows, 1_000).rows).toEqual(snapshot.rows);
  const { rows: some } = sampleUsers(snapshot, rows, 4);
  expect([...some.userIds]).toEqual([1, 101, 201, 301]);
  expect(some.item.length).toBe(4 * 20);
  const ofThird = rows.filter((row) => snapshot.rows.userIds[snapshot.rows.user[row]] === 201);
  expect([...some.item.subarray(40, 60)]).toEqual(Array.from(ofThird, (row) => snapshot.rows.item[row]));
});

test('weights of an older catalogue score the same items in a newer one', async () => {
  const snapshot = await snapshotOf(data);
  const rows = Int32Array.from(snapshot.rows.item.keys());
  const old = await trainRanking(snapshot, rows, fewFactors, {}, { ...factorsAlone, share: 1 });
  const places = Array.from({ length: 150 }, (_, at) => 2 * at + 1);
  const moved = moveItemWeights(old.blend!.bytes, places, 301);
  const wide = new Float32Array(301);
  for (const [at, place] of places.entries()) wide[place] = old.itemFactors[at];
  const flat = { ...old, priors: new Float32Array(old.groups * 150) };
  const newer = { ...flat, catalogueSize: 301, itemFactors: wide, priors: new Float32Array(old.groups * 301) };
  const ask = (model: Parameters<typeof createModel>[0], index: number) =>
    createModel(model).recommend({ history: [{ index, minutes: 90, rating: 0 }], seen: [], group: 0, count: 5 });
  const expected = ask(flat, 7).map(({ index }) => places[index]);
  const given = ask({ ...newer, blend: { ...old.blend!, ...moved } }, places[7]);
  expect(given.map(({ index }) => index)).toEqual(expected);
  expect(unpackItemWeights(moved.bytes).target.length).toBe(old.blend!.weights.target.length);
  expect(() => moveItemWeights(old.blend!.bytes, places.slice(1), 301)).toThrow(
    expect.objectContaining({ code: 'ARTIFACT_CORRUPT' }),
  );
});
