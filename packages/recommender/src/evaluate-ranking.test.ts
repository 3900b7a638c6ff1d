import { expect, test } from 'vitest';
import { evaluateRanking } from './evaluate-ranking.ts';
import { splitHoldOut } from './hold-out.ts';
import type { Model } from './model.ts';
import { createModel } from './model.ts';
import { drawTasteEvents } from './testing/latent-tastes.ts';
import { trainArrays } from './testing/trained.ts';

const dimensions = { users: 200, items: 150 };
const events = drawTasteEvents({ ...dimensions, eventsPerUser: 20, seed: 6 });
const { train, test: held } = splitHoldOut(events);
const groupOfUser = new Uint8Array(dimensions.users);
const evaluate = (known: typeof train) =>
  evaluateRanking({ model: createModel(trainArrays(known, dimensions)), train: known, test: held, groupOfUser });

test('implicit ALS finds held-out watches that the popularity list does not', () => {
  const result = evaluate(train);
  expect(result.users).toBe(200);
  expect(result.ndcg!).toBeGreaterThan(1.3 * result.popularityNdcg!);
  expect(result.recall!).toBeGreaterThan(result.popularityRecall!);
});

test('with the user ids of the watches shuffled it does not', () => {
  const shuffled = train.map((event) => ({ ...event, user: (event.user * 77 + 13) % dimensions.users }));
  const result = evaluate(shuffled);
  expect(result.users).toBeGreaterThan(150);
  expect(result.ndcg!).toBeLessThanOrEqual(result.popularityNdcg!);
});

/** Answers every user with the same list, whatever is asked. */
const constant = (list: readonly number[]): Pick<Model, 'items' | 'recommend'> => {
  const recommend = () => list.map((index) => ({ index, score: 1, source: 'factors' as const }));
  return { items: 10, recommend };
};

const rows = (pairs: [number, number][]) => pairs.map(([user, item]) => ({ user, item, minutes: 9, rating: 0 }));

test('the means are over users with a relevant item, each weighing the same', () => {
  const result = evaluateRanking({
    model: constant([4, 5]),
    train: rows([
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [3, 4],
    ]),
    // User 0 has both, user 1 has none of the list, the pair of user 2 is known from train and drops out.
    test: rows([
      [0, 4],
      [0, 5],
      [1, 7],
      [2, 0],
    ]),
    groupOfUser,
    k: 2,
  });
  // Most watched: 0 (three), then 1 and 4 (one each). User 0 sees 1, 4: hit at place 2; user 1 sees 4, 2: none.
  const second = 1 / Math.log2(3);
  expect(result).toEqual({
    k: 2,
    users: 2,
    ndcg: 0.5,
    recall: 0.5,
    popularityNdcg: second / (1 + second) / 2,
    popularityRecall: 0.25,
  });
});

test('without a held-out watch there is no figure', () => {
  const result = evaluateRanking({ model: constant([1]), train: [], test: [], groupOfUser });
  expect(result).toEqual({ k: 10, users: 0, ndcg: null, recall: null, popularityNdcg: null, popularityRecall: null });
});

test.each([
  { user: 0, item: 10 },
  { user: -1, item: 0 },
  { user: NaN, item: 0 },
])('a pair %o that the model does not know is refused', (pair) => {
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  const known = { ...pair, minutes: 1, rating: 0 };
  expect(() => evaluateRanking({ model: constant([1]), train: [], test: [pair], groupOfUser })).toThrow(refused);
  expect(() => evaluateRanking({ model: constant([1]), train: [known], test: [], groupOfUser })).toThrow(refused);
});
