import { expect, test } from 'vitest';
import { buildInteractions } from '../interactions.ts';
import { placeColdItems } from './cold-items.ts';
import { fitGroupChain, fitLifts } from './cold-users.ts';

/** Users 0 to 3; who watched which of three items. */
const watched = [[0], [0, 1], [1], [2]];
const interactions = buildInteractions(
  watched.flatMap((items, user) => items.map((item) => ({ user, item, confidence: 1 }))),
  { users: 5, items: 3 },
);
const gender = { name: 'gender', codes: Int32Array.of(0, 0, 1, 1, 0) };
const age = { name: 'age', codes: Int32Array.of(7, 8, 8, -1, 7) };

test('shares along the chain are drawn to the wider group by k users', () => {
  const k = 2;
  const sharesOf = fitGroupChain(interactions, [gender, age], k);
  const all = [2 / 4, 2 / 4, 1 / 4];
  const expectShares = (codes: number[], expected: number[]) =>
    sharesOf(codes).forEach((share, item) => expect(share).toBeCloseTo(expected[item], 6));
  expectShares([], all);
  expectShares([-1, 7], all);
  const women = [2, 1, 0].map((count, item) => (count + k * all[item]) / (2 + k));
  expectShares([0], women);
  // Who is not known further, and whose group nobody is in, stays where the chain ends.
  expectShares([0, -1], women);
  expectShares([0, 99], women);
  const young = [1, 0, 0].map((count, item) => (count + k * women[item]) / (1 + k));
  expectShares([0, 7], young);
});

test('lifts multiply, each drawn to 1 by k users, and an unknown code says nothing', () => {
  const k = 3;
  const attributes = [
    { ...gender, exponent: 1 },
    { ...age, exponent: 0.5 },
  ];
  const scoreInto = fitLifts(interactions, attributes, k);
  const scoresOf = (codes: number[]) => {
    const scores = new Float32Array(3);
    scoreInto(codes, scores);
    return [...scores];
  };
  const all = [2 / 4, 2 / 4, 1 / 4];
  const lift = (counts: number[], n: number, exponent: number) =>
    counts.map((count, item) => exponent * Math.log((count + k * all[item]) / (n + k) / all[item]));
  const expected = all.map(
    (share, item) => Math.log(share) + lift([0, 1, 1], 2, 1)[item] + lift([1, 0, 0], 1, 0.5)[item],
  );
  scoresOf([1, 7]).forEach((score, item) => expect(score).toBeCloseTo(expected[item], 5));
  scoresOf([-1, 99]).forEach((score, item) => expect(score).toBeCloseTo(Math.log(all[item]), 5));
});

test('an item that nobody watched stands last, and is a number', () => {
  const wider = buildInteractions([{ user: 0, item: 0, confidence: 1 }], { users: 5, items: 2 });
  const scores = new Float32Array(2);
  fitLifts(wider, [{ ...gender, exponent: 1 }], 5)([0], scores);
  expect(scores[1]).toBeLessThan(scores[0]);
  expect(Number.isFinite(scores[1])).toBe(true);
});

test('codes that do not fit the users, no interactions and a negative k are refused', () => {
  const short = { name: 'gender', codes: Int32Array.of(0) };
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  expect(() => fitGroupChain(interactions, [short], 1)).toThrow(refused);
  expect(() => fitGroupChain(interactions, [{ ...gender, codes: Int32Array.of(0, 0, 0, 0, -2) }], 1)).toThrow(refused);
  expect(() => fitLifts(interactions, [{ ...gender, exponent: 1 }], -1)).toThrow(refused);
  const none = buildInteractions([], { users: 5, items: 3 });
  expect(() => fitLifts(none, [], 1)).toThrow(refused);
});

/** Two attributes, one always 1; factors are exactly [2·a, 1 − a]. */
const attributes = { width: 2, values: Float32Array.of(0, 1, 1, 1, 0, 1, 1, 1) };
const factors = Float32Array.of(0, 1, 2, 0, 0, 1, 9, 9);
const settings = { ridge: 1e-6, shrinkage: 10, interactionsMax: 50 };

test('an item that nobody watched has the factors of what it is; one that many watched keeps its own', () => {
  const placed = placeColdItems(factors, Int32Array.of(100, 100, 100, 0), attributes, settings);
  expect(placed.slice(0, 6)).toEqual(factors.slice(0, 6));
  expect(placed[6]).toBeCloseTo(2, 4);
  expect(placed[7]).toBeCloseTo(0, 4);
});

test('in between own factors count n/(n + k)', () => {
  // With weights of 1e6 the fourth item does not move the regression.
  const placed = placeColdItems(factors, Int32Array.of(1e6, 1e6, 1e6, 10), attributes, settings);
  expect(placed[6]).toBeCloseTo(9 / 2 + 2 / 2, 2);
  expect(placed[7]).toBeCloseTo(9 / 2, 2);
});

test('attributes that are not finite or do not fit are refused', () => {
  const counts = Int32Array.of(1, 1, 1, 1);
  expect(() => placeColdItems(factors, counts, { width: 3, values: attributes.values }, settings)).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID' }),
  );
  expect(() => placeColdItems(factors, counts, attributes, { ...settings, ridge: 0 })).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID' }),
  );
});
