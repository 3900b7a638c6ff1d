import { buildInteractions, trainImplicitAls } from '@reelay/recommender';
import { expect, test } from 'vitest';
import { chooseRegularisation } from './choose-regularisation.ts';
import { trainerConfig } from './config.ts';
import { trainingSettings } from './settings.ts';
import { drawTasteData } from './testing/taste-data.ts';

const { objective } = trainingSettings(trainerConfig.parse({}));
/** The same watching among ever more titles: the rest of the catalogue is not touched. */
const matrixOf = (items: number) => {
  const { interactions } = drawTasteData({ users: 200, items: 200, eventsPerUser: 15, seed: 1 });
  const rows = interactions.map(({ userId, itemId }) => ({ user: userId - 1, item: itemId - 1, confidence: 1 }));
  return buildInteractions(rows, { users: 200, items });
};
const isAllZero = (regularisation: number, items: number) =>
  trainImplicitAls(matrixOf(items), {
    factors: 8,
    sweeps: 8,
    seed: 1,
    objective: { ...objective, regularisation },
  }).itemFactors.every((factor) => Math.abs(factor) < 1e-6);

test('a bigger catalogue gets a smaller ridge', () => {
  expect(chooseRegularisation(matrixOf(2_000), objective)).toBeLessThan(chooseRegularisation(matrixOf(200), objective));
});

test('factors live on at any size, where what suits a small catalogue puts them out', () => {
  const small = chooseRegularisation(matrixOf(200), objective);
  expect(isAllZero(small, 200)).toBe(false);
  expect(isAllZero(small, 20_000)).toBe(true);
  expect(isAllZero(chooseRegularisation(matrixOf(20_000), objective), 20_000)).toBe(false);
});
