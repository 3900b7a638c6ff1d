import { expect, test } from 'vitest';
import { assertModelArrays } from './model-arrays.ts';

const sound = {
  catalogueSize: 2,
  factors: 3,
  groups: 2,
  itemFactors: new Float32Array(6),
  priors: new Float32Array(4),
  groupOfUser: Uint8Array.of(0, 1, 1),
  biases: new Float64Array(3),
};

test('arrays that fit each other pass, with and without the optional ones', () => {
  expect(() => assertModelArrays(sound)).not.toThrow();
  const { groupOfUser: _groups, biases: _biases, ...least } = sound;
  expect(() => assertModelArrays(least)).not.toThrow();
});

test.each([
  { catalogueSize: 0 },
  { catalogueSize: 3 },
  { factors: 2 },
  { factors: NaN },
  { groups: 0 },
  { groups: 3 },
  { itemFactors: Float32Array.of(0, 0, 0, 0, 0, NaN) },
  { priors: Float32Array.of(0, Infinity, 0, 0) },
  { groupOfUser: Uint8Array.of(0, 2) },
  { biases: new Float64Array(2) },
  { biases: Float64Array.of(3, NaN, 0) },
])('a model with %o is refused', (damage) => {
  expect(() => assertModelArrays({ ...sound, ...damage })).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
});
