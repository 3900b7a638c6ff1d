import { expect, test } from 'vitest';
import { markOf } from './places.ts';

test("the first place is stable's, the others take the canary up one after the other as its share grows", () => {
  expect(markOf(0)).toEqual({ slot: 'stable', aboveShare: 0 });
  expect([1, 2, 3, 4, 5].map((place) => markOf(place).aboveShare)).toEqual([0, 0.5, 0.25, 0.75, 0.125]);
});

test('in rows of 2 to 100 the part that serves the canary follows its share, and each slot has one at least', () => {
  for (let length = 2; length <= 100; length++) {
    const marks = Array.from({ length }, (_, place) => markOf(place));
    for (const share of [0.01, 0.05, 0.2, 0.5, 0.8, 0.99]) {
      const serving = marks.filter(({ slot, aboveShare }) => slot === 'canary' && share > aboveShare).length;
      expect(serving).toBeGreaterThanOrEqual(1);
      expect(serving).toBeLessThan(length);
      expect(Math.abs(serving - share * length)).toBeLessThanOrEqual(1 + Math.log2(length) / 2);
    }
  }
});
