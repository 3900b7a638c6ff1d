import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { multiplyAdd } from './multiply-add.ts';

/** The same in whole numbers: floats as multiples of 2^-80, the sum rounded to 24 bits, ties to even. */
function exactly(a: number, b: number, c: number): number {
  const whole = (value: number, shift: number): bigint => BigInt(value * 2 ** 40) << BigInt(shift - 40);
  const sum = whole(a, 40) * whole(b, 40) + whole(c, 80);
  const size = sum < 0n ? -sum : sum;
  const spare = BigInt(Math.max(0, size.toString(2).length - 24));
  const [kept, rest, half] = [size >> spare, size & ((1n << spare) - 1n), spare === 0n ? 1n : 1n << (spare - 1n)];
  const up = rest > half || (rest === half && spare > 0n && (kept & 1n) === 1n);
  return (sum < 0n ? -1 : 1) * Number((kept + (up ? 1n : 0n)) << spare) * 2 ** -80;
}

/** Float32 numbers with few bits set, so that sums lie between two float32 numbers often. */
function drawNumber(dice: ReturnType<typeof createDice>): number {
  const bits =
    2 ** dice.between(0, 12) + 2 ** dice.between(0, 12) + (dice.share() < 0.5 ? 2 ** -dice.between(0, 11) : 0);
  return Math.fround((dice.share() < 0.5 ? -1 : 1) * bits * 2 ** -dice.between(0, 12));
}

test('a product and its sum are rounded once, on 20,000 random triples', () => {
  const dice = createDice(5);
  let different = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const [a, b, c] = [drawNumber(dice), drawNumber(dice), drawNumber(dice)];
    expect(multiplyAdd(a, b, c)).toBe(exactly(a, b, c));
    different += Math.fround(Math.fround(a * b) + c) === exactly(a, b, c) ? 0 : 1;
  }
  // Rounding twice would be found out.
  expect(different).toBeGreaterThan(50);
});

test('what float64 loses decides a tie', () => {
  // 1 + 2^-24 lies between two float32 numbers; 2^-70 more or less cannot be seen in float64.
  const [c, tiny] = [1, 2 ** -35];
  expect(multiplyAdd(1, 2 ** -24, c)).toBe(1);
  expect(multiplyAdd(tiny, tiny, Math.fround(1 + 2 ** -23))).toBe(Math.fround(1 + 2 ** -23));
  expect(multiplyAdd(Math.fround(1 + 2 ** -20), Math.fround(2 ** -24), c)).toBe(1 + 2 ** -23);
});
