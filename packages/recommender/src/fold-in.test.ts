import { expect, test } from 'vitest';
import { createFoldIn } from './fold-in.ts';
import { defaultObjective } from './objective.ts';
import { foldInReference } from './reference.ts';
import { createDice } from './testing/latent-tastes.ts';
import type { Dice } from './testing/latent-tastes.ts';

const drawFactors = (dice: Dice, length: number) => Float32Array.from({ length }, () => dice.gaussian());

const drawHistory = (dice: Dice, items: number) =>
  Array.from({ length: items }, (_, index) => ({ index, confidence: 0.05 + 2 * dice.share() })).filter(
    () => dice.share() < 0.4,
  );

/** How many of 200 random systems the fold-in solves like the reference, when it is given the `damaged` factors. */
function agreements(damage: (factors: Float32Array) => Float32Array): number {
  const dice = createDice(11);
  let equal = 0;
  for (let round = 0; round < 200; round += 1) {
    const factors = dice.between(1, 13);
    const items = dice.between(2, 40);
    const objective = {
      ...defaultObjective,
      alpha0: 0.01 + dice.share(),
      regularisation: 0.001 + dice.share(),
      nu: dice.share(),
    };
    const itemFactors = drawFactors(dice, items * factors);
    const history = [...drawHistory(dice, items), { index: 0, confidence: 3 }].slice(-items);
    const known = new Map(history.map((item) => [item.index, item]));
    const expected = foldInReference(itemFactors, factors, objective, [...known.values()]);
    const solved = createFoldIn(damage(itemFactors), factors, objective).solve([...known.values()].reverse());
    const error = Math.hypot(...expected.map((value, j) => value - solved[j]));
    if (error <= 1e-5 * Math.hypot(...expected)) equal += 1;
  }
  return equal;
}

test('the fold-in solves the formula as plain elimination does, on 200 random systems', () => {
  expect(agreements((factors) => factors)).toBe(200);
});

test('the same check fails on factors that stand in another order', () => {
  expect(agreements((factors) => factors.toReversed())).toBeLessThan(20);
});

const itemFactors = Float32Array.from([1, 0, 0, 1, 1, 1]);
const foldIn = createFoldIn(itemFactors, 2, defaultObjective);

test('one known system gives the values worked out by hand', () => {
  // One item, one factor h = 2, α₀ = 0.5, c = 3, reg·(1 + 0.5·1) = 0.2·1.5: w = 3·2 / (0.5·4 + 3·4 + 0.3).
  const objective = { ...defaultObjective, alpha0: 0.5, regularisation: 0.2, nu: 1 };
  const vector = createFoldIn(Float32Array.of(2), 1, objective).solve([{ index: 0, confidence: 3 }]);
  expect(vector[0]).toBeCloseTo(6 / 14.3, 6);
});

test('an empty history gives zeros', () => {
  expect([...foldIn.solve([])]).toEqual([0, 0]);
  expect([...foldIn.solve([{ index: 1, confidence: 0 }])]).toEqual([0, 0]);
});

test('order and repetition of a history change no bit; the largest confidence of an item counts', () => {
  const a = { index: 0, confidence: 1 };
  const b = { index: 2, confidence: 0.7 };
  expect(foldIn.solve([b, a])).toEqual(foldIn.solve([a, b]));
  expect(foldIn.solve([a, b, { index: 2, confidence: 0.2 }, a])).toEqual(foldIn.solve([a, b]));
  expect(foldIn.solve([a])).not.toEqual(foldIn.solve([a, b]));
});

test.each([
  { index: 3, confidence: 1 },
  { index: -1, confidence: 1 },
  { index: 0.5, confidence: 1 },
  { index: 0, confidence: NaN },
  { index: 0, confidence: -1 },
])('a history with %o is refused', (item) => {
  expect(() => foldIn.solve([item])).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
});

test('factors that are not finite or do not fill their rows are refused', () => {
  const refused = expect.objectContaining({ code: 'MODEL_INVALID' });
  expect(() => createFoldIn(Float32Array.of(1, NaN), 1, defaultObjective)).toThrow(refused);
  expect(() => createFoldIn(Float32Array.of(1, 2, 3), 2, defaultObjective)).toThrow(refused);
  expect(() => createFoldIn(Float32Array.of(1), 0, defaultObjective)).toThrow(refused);
});
