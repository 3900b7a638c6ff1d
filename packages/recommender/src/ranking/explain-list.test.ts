import { expect, test } from 'vitest';
import { createModel, type Model, type RecommendationRequest } from '../model.ts';
import { recommendReference } from '../reference.ts';
import { drawArrays, drawRequest } from '../testing/drawn-models.ts';
import { createDice } from '../testing/latent-tastes.ts';
import { packItemWeights } from './pack-item-weights.ts';
import { viewItemWeights } from './packed-weights.ts';
import type { Reason } from './reasons.ts';

const dice = createDice(21);
const cases = Array.from({ length: 60 }, () => drawCase()).filter(
  ({ arrays, request }) => arrays.catalogueSize > 20 && request.history.length > 1,
);

function drawCase() {
  const drawn = drawArrays(dice);
  const { catalogueSize: items } = drawn;
  const lists = Array.from({ length: items }, (_, item) => Array.from({ length: items }, (_, to) => to).filter((to) => to !== item && dice.share() < 0.2)); // prettier-ignore
  const start = Int32Array.from([0, ...lists.map((_, at) => lists.slice(0, at + 1).flat().length)]);
  const target = Int32Array.from(lists.flat());
  const weight = Float32Array.from(target, () => dice.gaussian());
  const blend = { share: 0.6, weights: viewItemWeights(packItemWeights({ items, start, target, weight })) };
  const arrays = dice.share() < 0.3 ? drawn : { ...drawn, blend };
  const drawnRequest = drawRequest(dice, arrays);
  const history = [...new Map(drawnRequest.history.map((item) => [item.index, item])).values()].filter(
    ({ minutes, rating }) => minutes > 20 || rating > 0,
  );
  return { arrays, request: { history, seen: [], group: 0, count: items, includeSeen: true } };
}

/** Largest difference between scores and the sums of what explains them, beside the prior and a shift that all items share. */
function errorOf(explain: (model: Model, request: RecommendationRequest, items: number[]) => Reason[][]): number {
  let worst = 0;
  for (const { arrays, request } of cases) {
    const list = recommendReference(arrays, request);
    const flat = { ...arrays, priors: arrays.priors.map(() => 1) };
    const personal = new Map(recommendReference(flat, request).map(({ index, score }) => [index, score]));
    const items = list.map(({ index }) => index);
    const sums = explain(createModel(arrays), request, items).map((reasons) =>
      reasons.reduce((sum, { contribution }) => sum + contribution, 0),
    );
    const shift = personal.get(items[0])! - sums[0];
    for (const [at, item] of items.entries()) worst = Math.max(worst, Math.abs(personal.get(item)! - sums[at] - shift));
  }
  return worst;
}

test('the contributions of a history add up to the personal part of every score', () => {
  expect(cases.length).toBeGreaterThan(20);
  expect(errorOf((model, { history }, items) => model.contributions(history, items))).toBeLessThan(1e-5);
});

test.each<[string, Parameters<typeof errorOf>[0]]>([
  ['one item of the history left out', (model, { history }, items) => model.contributions(history.slice(1), items)],
  [
    'a contribution lost',
    (model, { history }, items) => model.contributions(history, items).map((reasons, at) => (at === 1 ? [] : reasons)),
  ],
])('planted fault: the same check finds %s', (_fault, explain) => {
  expect(errorOf(explain)).toBeGreaterThan(0.01);
});

test('the factors of an item are those that the model was made of', () => {
  const { arrays } = cases[0];
  const model = createModel(arrays);
  for (const item of [0, 7, arrays.catalogueSize - 1])
    expect(model.factorsOf(item)).toEqual(arrays.itemFactors.slice(item * arrays.factors, (item + 1) * arrays.factors));
  const refused = expect.objectContaining({ code: 'REQUEST_INVALID' });
  expect(() => model.factorsOf(arrays.catalogueSize)).toThrow(refused);
  expect(() => model.contributions([], [-1])).toThrow(refused);
  expect(model.contributions([], [0])).toEqual([[]]);
});

test('asking why changes no list', () => {
  const { arrays, request } = cases[0];
  const model = createModel(arrays);
  const before = model.recommend(request);
  model.contributions(request.history, [0, 1]);
  expect(model.recommend(request)).toEqual(before);
});
