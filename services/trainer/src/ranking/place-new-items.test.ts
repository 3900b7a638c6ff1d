import { cosine, createModel } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { trainerConfig } from '../config.ts';
import { trainingSettings } from '../settings.ts';
import { snapshotOf } from '../testing/snapshot-of.ts';
import { createDice, drawTasteData } from '../testing/taste-data.ts';
import { factorsAlone, trainRanking } from './train-ranking.ts';

const settings = trainingSettings(trainerConfig.parse({ FACTORS: '8', SWEEPS: '6' }));

/** Half of the users watch westerns, the others horror; the last western and the last horror film have been watched by nobody yet. */
async function twoGenres() {
  const data = drawTasteData({ users: 200, items: 60, eventsPerUser: 5, seed: 1 });
  const movies = data.movies.map((movie, at) => ({ ...movie, genres: [at % 2 === 0 ? 'Western' : 'Horror'] }));
  const dice = createDice(5);
  const interactions = data.users.flatMap(({ userId }) => {
    const own = movies.map((_, at) => at).filter((at) => at % 2 === userId % 2 && at < 58 && dice() < 0.4);
    return own.map((at) => ({ userId, itemId: at + 1, minutes: 90, reached: 90, rating: 0, ratedAt: 0, lastTime: 1_700_000_000 + at })); // prettier-ignore
  });
  return snapshotOf({ ...data, movies, interactions });
}

test('an item that nobody has watched stands with its genre, and is shown to those who watch that', async () => {
  const snapshot = await twoGenres();
  const rows = Int32Array.from(snapshot.rows.item.keys());
  const [newWestern, newHorror] = [58, 59];
  const placed = await trainRanking(snapshot, rows, settings, {}, { ...factorsAlone, placesNewItems: true });
  const own = await trainRanking(snapshot, rows, settings, {}, factorsAlone);
  const likeness = (model: typeof own, item: number, parity: number) => {
    const others = Array.from({ length: 29 }, (_, at) => 2 * at + parity);
    return others.reduce((sum, other) => sum + cosine(model.itemFactors, 8, item, other), 0) / others.length;
  };
  expect(likeness(placed, newWestern, 0)).toBeGreaterThan(0.3 + likeness(placed, newWestern, 1));
  expect(likeness(placed, newHorror, 1)).toBeGreaterThan(0.3 + likeness(placed, newHorror, 0));
  // Planted: without its attributes it stands nowhere.
  expect(likeness(own, newWestern, 0)).toBe(0);
  const history = [0, 2, 4, 6].map((index) => ({ index, minutes: 90, rating: 0 }));
  const scoreOf = (item: number) =>
    createModel(placed).recommend({ history, seen: [], group: 0, count: 60 }).find(({ index }) => index === item)!.score; // prettier-ignore
  expect(scoreOf(newWestern)).toBeGreaterThan(scoreOf(newHorror));
  // What many have watched keeps its own factors.
  expect(placed.itemFactors.slice(0, 8 * 10)).toEqual(own.itemFactors.slice(0, 8 * 10));
});
