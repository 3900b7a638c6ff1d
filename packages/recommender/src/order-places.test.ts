import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPlaceOrder } from './order-places.ts';

/** Items of some catalogue, many of them equal or near each other; one in so many numbers is drawn from all of it. */
const drawn = fc
  .tuple(fc.constantFrom(1, 2, 127, 128, 129, 27_000, 2 ** 20), fc.integer({ min: 1, max: 40 }))
  .chain(([size, near]) =>
    fc.tuple(
      fc.constant(size),
      fc.array(fc.oneof(fc.nat({ max: size - 1 }), fc.nat({ max: Math.min(near, size) - 1 })), { maxLength: 150 }),
    ),
  );

function orderOf(size: number, items: readonly number[]): number[] {
  const order = new Uint32Array(items.length);
  createPlaceOrder(size)(Uint32Array.from(items), items.length, order);
  return [...order];
}

const sorted = (items: readonly number[], equal: (a: number, b: number) => number): number[] =>
  [...items.keys()].sort((a, b) => items[a] - items[b] || equal(a, b));

test('places come in the order of their items, equal items in the order of their places', () => {
  fc.assert(
    fc.property(drawn, ([size, items]) => {
      expect(orderOf(size, items)).toEqual(sorted(items, (a, b) => a - b));
    }),
    { numRuns: 500 },
  );
});

test('the same check finds equal items the other way round', () => {
  const items = [7, 3, 7, 26_999, 3];
  expect(orderOf(27_000, items)).toEqual([1, 4, 0, 2, 3]);
  expect(orderOf(27_000, items)).not.toEqual(sorted(items, (a, b) => b - a));
});

test('an order holds nothing of the one before it', () => {
  const [order, out] = [createPlaceOrder(27_000), new Uint32Array(3)];
  order(Uint32Array.of(20_000, 9, 100), 3, out);
  order(Uint32Array.of(5, 26_999, 4), 3, out);
  expect([...out]).toEqual([2, 0, 1]);
});
