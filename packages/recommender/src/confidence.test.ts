import { expect, test } from 'vitest';
import { calibrateConfidence, confidenceFloor, confidenceOf, isAbandon } from './confidence.ts';
import { defaultObjective } from './objective.ts';

const objective = { ...defaultObjective, minutesWeight: 0.5, ratingWeight: 0.2, confidenceMax: 2 };

test('confidence is the damped minutes plus the weighted rating', () => {
  expect(confidenceOf({ minutes: 90, rating: 0 }, objective)).toBeCloseTo(0.5 * Math.log(10), 12);
  expect(confidenceOf({ minutes: 0, rating: 4 }, objective)).toBeCloseTo(0.8, 12);
  expect(confidenceOf({ minutes: 10, rating: 3 }, objective)).toBeCloseTo(0.5 * Math.log(2) + 0.6, 12);
});

test('confidence never exceeds its bound, even for a number of minutes that nobody can watch', () => {
  expect(confidenceOf({ minutes: 1e300, rating: 5 }, objective)).toBe(2);
});

test('any watch or rating has a confidence above zero, none has zero', () => {
  expect(confidenceOf({ minutes: 0, rating: 0 }, objective)).toBe(0);
  expect(confidenceOf({ minutes: 1e-6, rating: 0 }, objective)).toBe(confidenceFloor);
  expect(confidenceOf({ minutes: 1, rating: 1 }, { ...objective, minutesWeight: 0, ratingWeight: 0 })).toBe(
    confidenceFloor,
  );
});

test('a movie with only a bad rating weighs less than one with a good rating or a long watch', () => {
  const bad = confidenceOf({ minutes: 0, rating: 1 }, objective);
  expect(bad).toBeGreaterThan(0);
  expect(bad).toBeLessThan(confidenceOf({ minutes: 0, rating: 5 }, objective));
  expect(bad).toBeLessThan(confidenceOf({ minutes: 60, rating: 0 }, objective));
});

test.each([
  { minutes: -1, rating: 0 },
  { minutes: NaN, rating: 3 },
  { minutes: Infinity, rating: 0 },
  { minutes: 5, rating: -2 },
  { minutes: 5, rating: NaN },
])('evidence %o is refused', (evidence) => {
  expect(() => confidenceOf(evidence, objective)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});

test('after calibration a mean interaction has confidence 1, whatever the length of the viewings', () => {
  for (const length of [1, 10, 1_000]) {
    const rows = [1, 2, 3].map((n) => ({ minutes: n * length, rating: n }));
    const calibrated = calibrateConfidence([...rows, { minutes: 0, rating: 0 }], objective);
    const free = { ...calibrated, confidenceMax: 100 };
    const sum = rows.reduce((total, row) => total + confidenceOf(row, free), 0);
    expect(sum).toBeCloseTo(3, 9);
    expect(calibrated.minutesWeight / calibrated.ratingWeight).toBeCloseTo(2.5, 9);
  }
});

test('calibration without any evidence is refused', () => {
  expect(() => calibrateConfidence([{ minutes: 0, rating: 0 }], objective)).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});

test('a movie left within its first tenth is no positive, unless it was rated; without a length every view is one', () => {
  const views = [
    { minutes: 9, rating: 0, length: 100 },
    { minutes: 10, rating: 0, length: 100 },
    { minutes: 9, rating: 4, length: 100 },
    { minutes: 9, rating: 0 },
  ];
  expect(views.map(isAbandon)).toEqual([true, false, false, false]);
  expect(views.map((view) => confidenceOf(view, objective) > 0)).toEqual([false, true, true, true]);
});

test('twice the minutes never count twice: confidence is damped', () => {
  const [once, twice] = [40, 80].map((minutes) => confidenceOf({ minutes, rating: 0 }, objective));
  expect(twice).toBeGreaterThan(once);
  expect(twice).toBeLessThan(2 * once);
});
