import { expect, test } from 'vitest';
import { createModel } from './model.ts';
import { assertProbe } from './probe.ts';
import { drawTasteEvents } from './testing/latent-tastes.ts';
import { trainArrays } from './testing/trained.ts';

const dimensions = { users: 40, items: 50 };
const arrays = trainArrays(drawTasteEvents({ ...dimensions, eventsPerUser: 10, seed: 3 }), dimensions);
const question = {
  history: [
    { index: 4, minutes: 60, rating: 0 },
    { index: 9, minutes: 0, rating: 5 },
  ],
  group: 0,
};
const expected = createModel(arrays).recommend({ ...question, seen: [], count: 10 });
const probe = { ...question, expected };
const failed = expect.objectContaining({ code: 'MODEL_INVALID' });

test('the model that wrote the answer gives it again, also after the way through JSON', () => {
  expect(expected.length).toBe(10);
  expect(() => assertProbe(createModel(arrays), JSON.parse(JSON.stringify(probe)))).not.toThrow();
});

test.each([
  ['factors in another order', { itemFactors: arrays.itemFactors.toReversed() }],
  ['one factor damaged', { itemFactors: arrays.itemFactors.with(4 * arrays.factors, 3) }],
  ['priors in another order', { priors: arrays.priors.toReversed() }],
  ['another objective', { objective: { ...arrays.objective, alpha0: 0.2 } }],
])('a model with %s fails the probe', (_fault, damage) => {
  expect(() => assertProbe(createModel({ ...arrays, ...damage }), probe)).toThrow(failed);
});

test('a probe that expects nothing proves nothing and fails', () => {
  expect(() => assertProbe(createModel(arrays), { ...probe, expected: [] })).toThrow(failed);
});

test('two places swapped fail the probe', () => {
  const [first, second, ...rest] = expected;
  expect(() => assertProbe(createModel(arrays), { ...probe, expected: [second, first, ...rest] })).toThrow(failed);
});

const answering = (list: [number, number][]) => {
  const recommend = () => list.map(([index, score]) => ({ index, score, source: 'factors' as const }));
  const vectorOf = () => new Float32Array(1);
  return { items: 100, kernelBuild: '', recommend, recommendBatch: () => [recommend()], vectorOf };
};
const known = { history: [], group: 0, expected: answering([[7, 3], [4, 2.000_01], [9, 2], [1, 1]]).recommend() }; // prettier-ignore

test.each<[string, [number, number][]]>([
  ['the last bits differ', [[7, 3.000_01], [4, 2.000_02], [9, 2], [1, 1]]],
  ['two that are next to equal changed places', [[7, 3], [9, 2], [4, 2.000_01], [1, 1]]],
  ['the last lost its place to one that is next to equal', [[7, 3], [4, 2], [9, 2], [5, 1.000_01]]],
])('a probe passes where %s', (_what, list) => {
  expect(() => assertProbe(answering(list), known)).not.toThrow();
}); // prettier-ignore

test.each<[string, [number, number][]]>([
  ['a score differs by more', [[7, 3.001], [4, 2], [9, 2], [1, 1]]],
  ['two that differ changed places', [[4, 3], [7, 2], [9, 2], [1, 1]]],
  ['another item stands in the middle', [[7, 3], [5, 2], [9, 2], [1, 1]]],
  ['the list is short', [[7, 3], [4, 2], [9, 2]]],
])('a probe fails where %s', (_what, list) => {
  expect(() => assertProbe(answering(list), known)).toThrow(failed);
}); // prettier-ignore
