import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { fromHalf, toHalf } from './half-floats.ts';
import type { ItemWeights } from './item-weights.ts';
import { packItemWeights, unpackItemWeights } from './pack-item-weights.ts';

test('every float16 is read and written as itself', () => {
  let equal = 0;
  for (let half = 0; half < 65_536; half += 1) {
    const value = fromHalf(half);
    if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
    else equal += toHalf(value) === half ? 1 : 0;
  }
  expect(equal).toBe(65_536 - 2 * 1_023);
});

test('a number becomes the nearest float16, of two equally near the even one', () => {
  const dice = createDice(5);
  for (let round = 0; round < 20_000; round += 1) {
    const value = dice.gaussian() * 2 ** dice.between(-20, 8);
    const half = toHalf(value);
    const error = Math.abs(fromHalf(half) - value);
    for (const other of [half - 1, half + 1])
      if ((other & 0x7c00) !== 0x7c00 && other >= 0)
        expect(error).toBeLessThanOrEqual(Math.abs(fromHalf(other) - value));
  }
  expect(fromHalf(toHalf(1 + 1 / 2048))).toBe(1);
  expect(fromHalf(toHalf(1 + 3 / 2048))).toBe(1 + 2 / 1024);
  expect(toHalf(65_519)).toBe(0x7bff);
  expect(toHalf(-1e9)).toBe(0xfc00);
});

const weights: ItemWeights = {
  items: 3,
  start: Int32Array.of(0, 2, 2, 3),
  target: Int32Array.of(1, 2, 0),
  weight: Float32Array.of(0.25, -0.5, 0.125),
};

test('weights come back from their bytes, narrow and wide, from anywhere in a buffer', () => {
  expect(unpackItemWeights(packItemWeights(weights))).toEqual(weights);
  const wide = {
    ...weights,
    items: 70_000,
    start: new Int32Array(70_001).fill(3),
    target: Int32Array.of(1, 69_999, 0),
  };
  wide.start[0] = 0;
  expect(unpackItemWeights(packItemWeights(wide))).toEqual(wide);
  const within = new Uint8Array(100);
  const bytes = packItemWeights(weights);
  within.set(bytes, 3);
  expect(unpackItemWeights(within.subarray(3, 3 + bytes.length))).toEqual(weights);
  expect(bytes.length).toBe(8 + 4 * 4 + 3 * 4);
});

test.each([
  ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
  ['empty', () => new Uint8Array(0)],
  ['an index beyond the items', (bytes: Uint8Array) => bytes.with(24, 3)],
  ['starts out of order', (bytes: Uint8Array) => bytes.with(12, 9)],
  ['a number that is not finite', (bytes: Uint8Array) => bytes.with(31, 0x7c)],
])('planted fault: %s is refused', (_, spoil) => {
  const bytes = packItemWeights(weights);
  expect(() => unpackItemWeights(bytes)).not.toThrow();
  expect(() => unpackItemWeights(spoil(bytes))).toThrow(expect.objectContaining({ code: 'MODEL_INVALID' }));
});
