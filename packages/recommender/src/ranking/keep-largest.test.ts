import { expect, test } from 'vitest';
import { createDice } from '../testing/latent-tastes.ts';
import { keepLargest } from './keep-largest.ts';

/** Few different sizes, of both signs and many powers of two, so that ties and crowded classes come up. */
function drawNumbers(seed: number): Float32Array {
  const dice = createDice(seed);
  const length = dice.between(1, 400);
  const sizes = dice.between(1, 200);
  return Float32Array.from({ length }, () => {
    const size = dice.between(0, sizes) * (seed % 2 === 0 ? 1 : 2 ** -dice.between(0, 40));
    return dice.share() < 0.5 ? -size : size;
  });
}

function kept(numbers: Float32Array, count: number): { places: number[]; values: number[] } {
  const [places, values] = [new Int32Array(count), new Float32Array(count)];
  keepLargest(numbers, places, values);
  return { places: [...places], values: [...values] };
}

/** By sorting; of equal ones those that come first, or last. */
function sorted(numbers: Float32Array, count: number, first = true): number[] {
  const order = [...numbers.keys()].toSorted(
    (a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a]) || (first ? a - b : b - a),
  );
  return order.slice(0, count).toSorted((a, b) => a - b);
}

test('the largest without their sign are kept in the order of place, of equal ones the first, as sorting says', () => {
  let tied = 0;
  for (let seed = 1; seed <= 500; seed += 1) {
    const numbers = drawNumbers(seed);
    const count = 1 + (seed % numbers.length);
    const { places, values } = kept(numbers, count);
    expect(places).toEqual(sorted(numbers, count));
    expect(values).toEqual(places.map((place) => numbers[place]));
    if (sorted(numbers, count, false).join() !== places.join()) tied += 1;
  }
  // The comparison sees when the last of equal ones are taken instead.
  expect(tied).toBeGreaterThan(100);
});

test('places beyond the numbers stay as they are', () => {
  expect(kept(Float32Array.of(0, -2), 4)).toEqual({ places: [0, 1, 0, 0], values: [0, -2, 0, 0] });
});
