import { expect, test } from 'vitest';
import { createModel, type ListedItem, type RecommendationRequest } from '../model.ts';
import type { ModelArrays } from '../model-arrays.ts';
import type { Objective } from '../objective.ts';
import { recommendReference } from '../reference.ts';
import { drawArrays, drawRequest } from '../testing/drawn-models.ts';
import { createDice, type Dice } from '../testing/latent-tastes.ts';
import { packItemWeights } from './pack-item-weights.ts';
import { viewItemWeights, type PackedWeights } from './packed-weights.ts';

type Arrays = ModelArrays & { readonly objective: Objective };

/** Weights of some items to some others; many items have none, and some lead nowhere. */
function drawWeights(dice: Dice, items: number): PackedWeights {
  const start = new Int32Array(items + 1);
  const [target, weight]: number[][] = [[], []];
  const kept = [0, 0.1, 0.5][dice.between(0, 2)];
  for (let item = 0; item < items; item += 1) {
    for (let to = 0; to < items; to += 1) {
      if (to === item || dice.share() >= kept) continue;
      target.push(to);
      weight.push(dice.gaussian() / 4);
    }
    start[item + 1] = target.length;
  }
  return viewItemWeights(
    packItemWeights({ items, start, target: Int32Array.from(target), weight: Float32Array.from(weight) }),
  );
}

/** Each item once, as the twin wants it. */
function drawCase(dice: Dice): { arrays: Arrays; requests: RecommendationRequest[] } {
  const drawn = drawArrays(dice);
  const share = dice.share() < 0.2 ? 1 : 0.05 + 0.9 * dice.share();
  const arrays = { ...drawn, blend: { weights: drawWeights(dice, drawn.catalogueSize), share } };
  const requests = Array.from({ length: 20 }, () => {
    const request = drawRequest(dice, arrays);
    return { ...request, history: [...new Map(request.history.map((item) => [item.index, item])).values()] };
  });
  return { arrays, requests };
}

const rounds = 60;

/** How many of 1,200 lists have the items and scores of the twin's formula in float64. */
function agreements(answer: (arrays: Arrays, requests: RecommendationRequest[]) => ListedItem[][]): number {
  const dice = createDice(4);
  let equal = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { arrays, requests } = drawCase(dice);
    const given = answer(arrays, requests);
    for (const [at, request] of requests.entries()) {
      const expected = recommendReference(arrays, request);
      const scoreOf = new Map(expected.map(({ index, score }) => [index, score]));
      const near = (one: number, other: number): boolean => Math.abs(one - other) < 2e-5;
      // Copies of an item score equally but for rounding, so only scores are compared place by place.
      const same = given[at].every(
        ({ index, score }, place) =>
          near(score, expected[place]?.score) && near(score, scoreOf.get(index) ?? expected.at(-1)!.score),
      );
      equal += same && given[at].length === expected.length ? 1 : 0;
    }
  }
  return equal;
}

test('scores with item weights are those of the formula, in all of 1,200 random cases', () => {
  expect(agreements((arrays, requests) => createModel(arrays).recommendBatch(requests))).toBe(20 * rounds);
});

test.each<[string, (arrays: Arrays) => Arrays]>([
  ['another share', (arrays) => ({ ...arrays, blend: { ...arrays.blend!, share: arrays.blend!.share * 0.8 } })],
  ['no weights', (arrays) => ({ ...arrays, blend: undefined })],
  [
    'weights of another item',
    ({ blend, ...arrays }) => {
      const { weights, share } = blend!;
      const target = weights.target.map((item: number) => (item + 1) % weights.items);
      return { ...arrays, blend: { share, weights: { ...weights, target } } };
    },
  ],
])('planted fault: the same check finds %s', (_fault, spoil) => {
  const given = agreements((arrays, requests) => createModel(spoil(arrays)).recommendBatch(requests));
  expect(given).toBeLessThan(0.8 * 20 * rounds);
});

test('a list never depends on its batch, nor on who was asked about before, and all builds agree', () => {
  const dice = createDice(9);
  let listed = 0;
  for (let round = 0; round < 20; round += 1) {
    const { arrays, requests } = drawCase(dice);
    const model = createModel(arrays, 'simd');
    const together = model.recommendBatch(requests);
    expect(requests.map((request) => model.recommend(request))).toEqual(together);
    expect(model.recommendBatch(requests.toReversed()).reverse()).toEqual(together);
    expect(createModel(arrays, 'plain').recommendBatch(requests)).toEqual(together);
    listed += together.flat().length;
  }
  expect(listed).toBeGreaterThan(5_000);
});

/** Item 1 is like item 0 by its factors, item 2 by its weights; most people watch item 3. */
const small: Arrays = {
  catalogueSize: 4,
  factors: 2,
  groups: 2,
  itemFactors: Float32Array.of(1, 0, 1, 0.1, 0, 0.5, 0, 0.6),
  priors: Float32Array.of(0.1, 0.2, 0.3, 0.9, 0.1, 0.1, 0.1, 0.9),
  objective: { ...drawArrays(createDice(1)).objective, handOver: 1 },
  blend: {
    share: 0.5,
    weights: viewItemWeights(
      packItemWeights({
        items: 4,
        start: Int32Array.of(0, 1, 1, 1, 1),
        target: Int32Array.of(2),
        weight: Float32Array.of(0.5),
      }),
    ),
  },
};
const request = { history: [{ index: 0, minutes: 90, rating: 5 }], seen: [], group: 1, count: 4 };
const sourcesOf = (list: readonly ListedItem[]) => Object.fromEntries(list.map(({ index, source }) => [index, source]));

test('an item names what added most to its score', () => {
  const model = createModel(small);
  expect(sourcesOf(model.recommend(request))).toEqual({ 1: 'factors', 2: 'neighbours', 3: 'prior' });
  expect(sourcesOf(model.recommend({ ...request, group: 0 }))[3]).toBe('popular');
  expect(new Set(Object.values(sourcesOf(model.recommend({ ...request, history: [] }))))).toEqual(new Set(['prior']));
  const withoutWeights = createModel({ ...small, blend: undefined });
  expect(Object.values(sourcesOf(withoutWeights.recommend(request)))).not.toContain('neighbours');
});

test.each([0, -0.1, 1.1, Number.NaN])('a share of %s is refused', (share) => {
  expect(() => createModel({ ...small, blend: { ...small.blend!, share } })).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  );
});

test('weights of another catalogue are refused', () => {
  const blend = { ...small.blend!, weights: { ...small.blend!.weights, items: 5 } };
  expect(() => createModel({ ...small, blend })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
});
