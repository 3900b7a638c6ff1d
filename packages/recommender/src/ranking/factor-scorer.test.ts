import { expect, test } from 'vitest';
import { trainImplicitAls } from '../implicit-als.ts';
import { defaultObjective } from '../objective.ts';
import { foldInReference } from '../reference.ts';
import { drawTasteEvents } from '../testing/latent-tastes.ts';
import { interactionsOf } from '../testing/trained.ts';
import { createFactorScorer } from './factor-scorer.ts';

const size = { users: 90, items: 130 };
const factors = 9;
const interactions = interactionsOf(drawTasteEvents({ ...size, eventsPerUser: 14, seed: 11 }), size);
const trained = trainImplicitAls(interactions, { factors, sweeps: 5, objective: defaultObjective, seed: 7 });
const scorer = createFactorScorer(trained.itemFactors, factors, defaultObjective);

const historyOf = (user: number) =>
  Array.from(
    interactions.item.subarray(interactions.userStart[user], interactions.userStart[user + 1]),
    (index, at) => ({
      index,
      value: interactions.confidence[interactions.userStart[user] + at],
    }),
  );

function scoresOf(history: { index: number; value: number }[]): Float32Array {
  const scores = new Float32Array(size.items);
  scorer.scoreInto(history, scores);
  return scores;
}

const dotRows = (vector: ArrayLike<number>, item: number): number =>
  Array.from(vector, (value, j) => value * trained.itemFactors[item * factors + j]).reduce(
    (sum, value) => sum + value,
    0,
  );

/** Largest difference between the trained user's scores and those of a folded-in history, in parts of the largest score. */
function foldInError(user: number, history: { index: number; value: number }[]): number {
  const vector = trained.userFactors.subarray(user * factors, (user + 1) * factors);
  const own = Array.from({ length: size.items }, (_, item) => dotRows(vector, item));
  const scores = scoresOf(history);
  return Math.max(...own.map((score, item) => Math.abs(score - scores[item]))) / Math.max(...own.map(Math.abs));
}

test("a folded-in history scores as the trained user does: max |Δ| ≤ 1e-4 · max |score|, and another's does not", () => {
  for (let user = 0; user < size.users; user += 1) {
    expect(foldInError(user, historyOf(user))).toBeLessThanOrEqual(1e-4);
    expect(foldInError(user, historyOf((user + 1) % size.users))).toBeGreaterThan(1e-4);
  }
});

test('any history that was never trained on scores by the written-out fold-in, in any order and with repeats', () => {
  const history = [5, 99, 40].map((index, at) => ({ index, value: 0.5 + at }));
  const vector = foldInReference(
    trained.itemFactors,
    factors,
    defaultObjective,
    history.map(({ index, value }) => ({ index, confidence: value })),
  );
  const scores = scoresOf([...history.toReversed(), { index: 99, value: 0.1 }]);
  scores.forEach((score, item) => expect(score).toBeCloseTo(dotRows(vector, item), 4));
  expect(scores).toEqual(scoresOf(history));
  expect([...scoresOf([])].every((score) => score === 0)).toBe(true);
});

test.each([
  [{ index: 130, value: 1 }],
  [{ index: -1, value: 1 }],
  [{ index: 0, value: NaN }],
  [{ index: 0, value: -1 }],
])('history %o is refused', (item) => {
  expect(() => scoresOf([item])).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('factors that are not finite are no model', () => {
  expect(() => createFactorScorer(Float32Array.of(1, NaN), 1, defaultObjective)).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  );
});
