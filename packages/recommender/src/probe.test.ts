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
