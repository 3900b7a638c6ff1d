import { expect, test } from 'vitest';
import { demographicGroups, parentGroup } from './demographic-group.ts';
import { groupPriors, popularity } from './group-priors.ts';
import { buildInteractions } from './interactions.ts';
import { createDice } from './testing/latent-tastes.ts';

const row = (user: number, item: number) => ({ user, item, confidence: 1 });

test('popularity is the share of the active users that watched an item', () => {
  // User 3 never watched anything and does not count.
  const matrix = buildInteractions([row(0, 0), row(1, 0), row(1, 2), row(2, 0)], { users: 4, items: 3 });
  expect([...popularity(matrix)]).toEqual([1, 0, Math.fround(1 / 3)]);
});

test('a small group stays close to its parent, by the formula', () => {
  // Users 0 and 1 are men, 2 has no group. Men: (2·½ + 4·⅓)/(2 + 4) for item 0.
  const matrix = buildInteractions([row(0, 0), row(1, 1), row(2, 1)], { users: 3, items: 2 });
  const priors = groupPriors(matrix, Uint8Array.of(1, 1), 2, 4);
  expect(priors[0]).toBeCloseTo(1 / 3, 6);
  expect(priors[2]).toBeCloseTo((2 * 0.5 + 4 * (1 / 3)) / 6, 6);
  expect(priors[3]).toBeCloseTo((2 * 0.5 + 4 * (2 / 3)) / 6, 6);
});

test('an empty group equals its parent, with and without shrinkage', () => {
  const matrix = buildInteractions([row(0, 0), row(1, 1)], { users: 2, items: 2 });
  for (const k of [0, 50]) {
    const priors = groupPriors(matrix, Uint8Array.of(3, 1), demographicGroups, k);
    expect(priors.subarray(4 * 2, 5 * 2)).toEqual(priors.subarray(1 * 2, 2 * 2));
    expect(priors.subarray(12 * 2, 13 * 2)).toEqual(priors.subarray(0, 2));
  }
});

test('all 17 groups equal the formula evaluated from the rows, recursively', () => {
  const dice = createDice(9);
  const users = 80;
  const items = 6;
  const groupOfUser = Uint8Array.from({ length: users }, () => dice.between(0, 16));
  const pairs = Array.from({ length: 200 }, () => [dice.between(0, users - 1), dice.between(0, items - 1)] as const);
  const priors = groupPriors(
    buildInteractions(
      pairs.map(([user, item]) => row(user, item)),
      { users, items },
    ),
    groupOfUser,
    demographicGroups,
    7,
  );
  const within = (user: number, group: number) => {
    const chain: number[] = [];
    for (let at: number | null = groupOfUser[user]; at !== null; at = parentGroup(at)) chain.push(at);
    return chain.includes(group);
  };
  const expected = (group: number, item: number): number => {
    const members = new Set(pairs.filter(([user]) => within(user, group)).map(([user]) => user));
    const watchers = new Set(pairs.filter(([user, of]) => of === item && members.has(user)).map(([user]) => user));
    const parent = parentGroup(group);
    if (parent === null) return watchers.size / members.size;
    return (watchers.size + 7 * expected(parent, item)) / (members.size + 7);
  };
  for (let group = 0; group < demographicGroups; group += 1) {
    for (let item = 0; item < items; item += 1)
      expect(priors[group * items + item]).toBeCloseTo(expected(group, item), 6);
  }
  // A wrong parent is another number: the check above can fail.
  expect(expected(3, 0)).not.toBeCloseTo(expected(10, 0), 6);
});

test('no interactions give zeros; a group that does not exist is refused', () => {
  const refused = expect.objectContaining({ code: 'DATA_INVALID' });
  expect([...popularity(buildInteractions([], { users: 1, items: 2 }))]).toEqual([0, 0]);
  const matrix = buildInteractions([row(0, 0)], { users: 1, items: 1 });
  expect(() => groupPriors(matrix, Uint8Array.of(2), 2, 1)).toThrow(refused);
  expect(() => groupPriors(matrix, new Uint8Array(1), 0, 1)).toThrow(refused);
  expect(() => groupPriors(matrix, new Uint8Array(1), 18, 1)).toThrow(refused);
  expect(() => groupPriors(matrix, new Uint8Array(1), 1, -1)).toThrow(refused);
});
