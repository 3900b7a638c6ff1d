import { expect, test } from 'vitest';
import { maeFormula, ndcgFormula, recallFormula, rmseFormula } from '../testing/metric-formulas.ts';
import { drawTasteEvents } from '../testing/latent-tastes.ts';
import { biasOnlyModel, popularityModel } from './baseline-models.ts';
import { chooseLists } from './choose-lists.ts';
import { evaluateModel } from './evaluate-model.ts';
import type { EvaluatedModel, ListMaker } from './evaluated-model.ts';
import { floorsAlone, makeServed } from './make-served.ts';
import { takeRows, type RatingTable } from './rating-table.ts';
import { splitRandom } from './split-ratings.ts';
import { summarise } from './summarise.ts';
import { splitForValidation } from './validation-split.ts';

function drawTable(users: number, items: number): RatingTable {
  const events = drawTasteEvents({ users, items, eventsPerUser: 12, seed: 9 });
  return {
    users,
    items,
    user: Int32Array.from(events, ({ user }) => user),
    item: Int32Array.from(events, ({ item }) => item),
    rating: Float64Array.from(events, ({ rating }) => Math.min(5, Math.max(1, Math.round(rating)))),
    time: Float64Array.from(events, ({ at }) => at),
  };
}

const table = drawTable(120, 60);
const split = splitRandom(table, 0.2, 2);
const train = takeRows(table, split.train);
const held = takeRows(table, split.test);

/** The whole evaluation once more, with full sorts and the formulas. */
function byFormula(model: EvaluatedModel, relevantFrom = -Infinity) {
  const lists: { ndcg: number; recall: number }[] = [];
  for (let user = 0; user < table.users; user++) {
    const rowsOf = (one: RatingTable) => Array.from(one.user.keys()).filter((row) => one.user[row] === user);
    const seen = rowsOf(train).map((row) => train.item[row]);
    const relevant = rowsOf(held).filter((row) => held.rating[row] >= relevantFrom).map((row) => held.item[row]).filter((item) => !seen.includes(item)); // prettier-ignore
    if (relevant.length === 0) continue;
    const scores = Array.from(model.scoresOf!(user));
    const list = scores.map((_, item) => item).filter((item) => !seen.includes(item)).sort((a, b) => scores[b] - scores[a] || a - b); // prettier-ignore
    const distinct = [...new Set(relevant)];
    lists.push({ ndcg: ndcgFormula(list, distinct, 10), recall: recallFormula(list, distinct, 20) });
  }
  const predicted = Array.from(model.predictMany!(held.user, held.item));
  const mean = (of: (one: (typeof lists)[number]) => number) =>
    lists.reduce((sum, one) => sum + of(one), 0) / lists.length;
  return {
    users: lists.length,
    rmse: rmseFormula(predicted, [...held.rating]),
    mae: maeFormula(predicted, [...held.rating]),
    'ndcg@10': mean(({ ndcg }) => ndcg),
    'recall@20': mean(({ recall }) => recall),
  };
}

const near = (expected: Record<string, number>) =>
  Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, expect.closeTo(value, 10) as number]));

test.each([[undefined], [4]])('the evaluation is what its formulas say, relevant from %s', async (relevantFrom) => {
  for (const model of [biasOnlyModel(train), popularityModel(train)]) {
    const summary = summarise(await evaluateModel(model, { train, test: held, relevantFrom }));
    expect(summary.users).toBeGreaterThan(30);
    expect(summary).toMatchObject(near(byFormula(model, relevantFrom)));
  }
});

test('a list that may hold known items, and scores of another user, turn the check red', async () => {
  const honest = popularityModel(train);
  const forgetful = summarise(await evaluateModel(honest, { train: { ...train, item: train.item.toReversed() }, test: held })); // prettier-ignore
  expect(forgetful['ndcg@10']).not.toBeCloseTo(byFormula(honest)['ndcg@10'], 6);
  const turned: EvaluatedModel = { ...honest, scoresOf: (user) => honest.scoresOf!(user).toReversed() };
  expect(summarise(await evaluateModel(turned, { train, test: held }))['ndcg@10']).not.toBeCloseTo(byFormula(honest)['ndcg@10'], 6); // prettier-ignore
});

test('a test row that is known from training is no relevant item, a second row of a pair counts once in lists and twice in errors', async () => {
  const known = takeRows(table, Int32Array.of(split.train[0], split.test[0], split.test[0]));
  const [one, other] = await evaluateModel(popularityModel(train), { train, test: known });
  const outcomes = [one, other].filter((outcome) => outcome !== undefined);
  expect(outcomes.reduce((sum, { relevant }) => sum + relevant.size, 0)).toBe(1);
  expect(outcomes.reduce((sum, { rated }) => sum + rated, 0)).toBe(3);
});

test('predictions that are no numbers are refused', async () => {
  const broken: EvaluatedModel = {
    name: 'broken',
    predictMany: (users) => new Float64Array(users.length).fill(Number.NaN),
  };
  await expect(evaluateModel(broken, { train, test: held })).rejects.toThrow('broken predicts NaN for row 0');
  const empty = { ...train, user: new Int32Array(0), item: new Int32Array(0), rating: new Float64Array(0), time: new Float64Array(0) }; // prettier-ignore
  await expect(evaluateModel(broken, { train: empty, test: held })).rejects.toThrow('there is no rating');
});

test('a ranking model that does not beat popularity on the validation slice is not served', async () => {
  const slice = splitForValidation(table, split);
  const harmful = { make: (rows: RatingTable) => [{ name: 'least', scoresOf: (user: number) => popularityModel(rows).scoresOf!(user).map((count) => -count) }] }; // prettier-ignore
  const { shares, trials } = await chooseLists(slice, harmful);
  expect(shares).toEqual({ least: 0, popularity: 1 });
  expect(trials).toHaveLength(6);
  const served = await makeServed(
    train,
    { lists: shares, ratings: floorsAlone.ratings, cold: floorsAlone.cold },
    { ranking: harmful },
  );
  const figures = summarise(await evaluateModel(served, { train, test: held }));
  const popular = summarise(await evaluateModel(popularityModel(train), { train, test: held }));
  expect(figures['ndcg@10']).toBeCloseTo(popular['ndcg@10']!, 12);
  expect(figures.rmse).toBe(summarise(await evaluateModel(biasOnlyModel(train), { train, test: held })).rmse);
});

test('one that does is, and the parts that do not count are not trained again', async () => {
  const slice = splitForValidation(table, split);
  const wanted: unknown[] = [];
  const knows = (user: number) => Float64Array.from({ length: table.items }, (_, item) => (table.user.some((own, row) => own === user && table.item[row] === item) ? 1 : 0)); // prettier-ignore
  const maker: ListMaker = {
    make(_, hints) {
      wanted.push(hints.wanted);
      return [{ name: 'knows', scoresOf: knows }, { name: 'nothing', scoresOf: () => new Float64Array(table.items) }];
    },
  }; // prettier-ignore
  const { shares } = await chooseLists(slice, maker);
  expect(shares.knows).toBeGreaterThan(0);
  await makeServed(
    train,
    { lists: { knows: 1, nothing: 0, popularity: 0 }, ratings: floorsAlone.ratings, cold: floorsAlone.cold },
    { ranking: maker },
  );
  expect(wanted).toEqual([undefined, ['knows']]);
});
