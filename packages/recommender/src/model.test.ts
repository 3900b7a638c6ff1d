import { expect, test } from 'vitest';
import { createModel } from './model.ts';
import type { RecommendationRequest } from './model.ts';
import type { ModelArrays } from './model-arrays.ts';
import { defaultObjective } from './objective.ts';
import type { Objective } from './objective.ts';
import { recommendReference } from './reference.ts';
import { createDice } from './testing/latent-tastes.ts';
import type { Dice } from './testing/latent-tastes.ts';
import type { ScoredItem } from './top-k.ts';

type Arrays = ModelArrays & { readonly objective: Objective };

function drawArrays(dice: Dice): Arrays {
  const catalogueSize = dice.between(1, 60);
  const factors = dice.between(1, 12);
  const groups = dice.between(1, 4);
  const itemFactors = Float32Array.from({ length: catalogueSize * factors }, () => dice.gaussian());
  const priors = Float32Array.from({ length: groups * catalogueSize }, () => dice.share());
  // Twins: the first two items score equally, so that ties are met.
  if (catalogueSize > 1) itemFactors.copyWithin(factors, 0, factors);
  if (catalogueSize > 1) for (let g = 0; g < groups; g += 1) priors[g * catalogueSize + 1] = priors[g * catalogueSize]!;
  const objective = { ...defaultObjective, alpha0: 0.05 + dice.share(), handOver: dice.between(0, 8) };
  return { catalogueSize, factors, groups, itemFactors, priors, objective };
}

function drawRequest(dice: Dice, { catalogueSize, groups }: Arrays): RecommendationRequest {
  const all = Array.from({ length: catalogueSize }, (_, index) => index);
  const history = all
    .filter(() => dice.share() < 0.15)
    .map((index) => ({ index, minutes: dice.between(0, 120), rating: dice.between(0, 5) }));
  const seen = all.filter(() => dice.share() < 0.15);
  const exclude = all.filter(() => dice.share() < 0.05);
  const group = dice.between(0, groups - 1);
  return { history, seen, exclude, includeSeen: dice.share() < 0.2, group, count: dice.between(0, 25) };
}

type Answer = (arrays: Arrays, request: RecommendationRequest) => ScoredItem[];

/** Scores are float32, of a size up to about 8. */
const tolerance = 2e-5;

/** In how many of 500 random cases `answer` gives the list of the slow twin, with its scores. */
function agreements(answer: Answer): number {
  const dice = createDice(77);
  let equal = 0;
  for (let round = 0; round < 500; round += 1) {
    const arrays = drawArrays(dice);
    const request = drawRequest(dice, arrays);
    const expected = recommendReference(arrays, request);
    const given = answer(arrays, request);
    const same = expected.every(
      ({ index, score }, at) => given[at]?.index === index && Math.abs(given[at].score - score) < tolerance,
    );
    if (same && given.length === expected.length) equal += 1;
  }
  return equal;
}

test('lists equal those of the slow twin in all of 500 random cases', () => {
  expect(agreements((arrays, request) => createModel(arrays).recommend(request))).toBe(500);
});

test.each<[string, Answer]>([
  [
    'factors in another order',
    (arrays, request) => createModel({ ...arrays, itemFactors: arrays.itemFactors.toReversed() }).recommend(request),
  ],
  ['what was seen not left out', (arrays, request) => createModel(arrays).recommend({ ...request, seen: [] })],
  ['what is excluded not left out', (arrays, request) => createModel(arrays).recommend({ ...request, exclude: [] })],
  [
    'the history without its newest',
    (arrays, request) => createModel(arrays).recommend({ ...request, history: request.history.slice(1) }),
  ],
  [
    'who asks for seen movies too does not get them',
    (arrays, request) => createModel(arrays).recommend({ ...request, includeSeen: false }),
  ],
  ['the group forgotten', (arrays, request) => createModel(arrays).recommend({ ...request, group: 0 })],
  ['two places swapped', (arrays, request) => createModel(arrays).recommend(request).reverse()],
])('the same check finds the fault: %s', (_fault, answer) => {
  expect(agreements(answer)).toBeLessThan(450);
});

const arrays: Arrays = {
  catalogueSize: 4,
  factors: 2,
  groups: 2,
  itemFactors: Float32Array.from([1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9]),
  priors: Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.4, 0.3, 0.2, 0.1]),
  objective: defaultObjective,
};
const model = createModel(arrays);
const cold = { history: [], seen: [], group: 0, count: 10 };
const scoreOf = (list: readonly ScoredItem[], item: number) => list.find(({ index }) => index === item)!.score;
const indexes = (list: readonly ScoredItem[]) => list.map(({ index }) => index);

test('a cold user gets the prior of the group, and only that', () => {
  expect(indexes(model.recommend(cold))).toEqual([3, 2, 1, 0]);
  expect(indexes(model.recommend({ ...cold, group: 1 }))).toEqual([0, 1, 2, 3]);
});

test('one watch draws the list towards what is like it', () => {
  const personal = createModel({ ...arrays, objective: { ...defaultObjective, handOver: 0 } });
  const history = [{ index: 0, minutes: 90, rating: 5 }];
  expect(indexes(personal.recommend({ ...cold, history }))).toEqual([1, 3, 2]);
  // The prior alone would put 1 last; one watch of three gives its third of the score.
  expect(scoreOf(model.recommend({ ...cold, history }), 1)).toBeGreaterThan(scoreOf(model.recommend(cold), 1));
});

test('the list is shorter where less is left, and empty where all is seen', () => {
  expect(indexes(model.recommend({ ...cold, seen: [3, 0] }))).toEqual([2, 1]);
  expect(model.recommend({ ...cold, seen: new Set([0, 1, 2, 3]) })).toEqual([]);
});

test('one request leaves no trace in the next', () => {
  const before = model.recommend(cold);
  model.recommend({ ...cold, history: [{ index: 2, minutes: 30, rating: 0 }], seen: [0, 3], group: 1 });
  expect(() => model.recommend({ ...cold, seen: [1, 99] })).toThrow();
  expect(model.recommend(cold)).toEqual(before);
});

test('a batch gives each request the list it would get alone, in order', () => {
  const requests = [cold, { ...cold, group: 1 }, { ...cold, history: [{ index: 0, minutes: 5, rating: 0 }] }];
  const alone = requests.map((request) => model.recommend(request));
  expect(model.recommendBatch(requests)).toEqual(alone);
  expect(new Set(alone.map((list) => JSON.stringify(list))).size).toBe(3);
});

test('priors that do not differ leave the order of the catalogue', () => {
  const flat = createModel({ ...arrays, priors: new Float32Array(8).fill(0.1) });
  expect(flat.recommend(cold)).toEqual([0, 1, 2, 3].map((index) => ({ index, score: 0, source: 'popular' })));
});

test.each([
  { group: 2 },
  { group: -1 },
  { group: NaN },
  { count: -1 },
  { count: 1.5 },
  { seen: [4] },
  { exclude: [-1] },
  { history: [{ index: 4, minutes: 1, rating: 0 }] },
  { history: [{ index: 0, minutes: -1, rating: 0 }] },
  { history: [{ index: 0, minutes: NaN, rating: 0 }] },
])('a request with %o is refused', (wrong) => {
  expect(() => model.recommend({ ...cold, ...wrong })).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});
