import { expect, test } from 'vitest';
import { ageBandsFrom, demographicGroup, demographicGroups, parentGroup } from './demographic-group.ts';

test('each gender and age band has a group of its own, at the bounds too', () => {
  const groups = ['M', 'F'].flatMap((gender) =>
    ageBandsFrom.map((age) => demographicGroup({ gender, age: Math.max(age, 1) })),
  );
  expect(groups).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  const lastOfBand = [17, 24, 34, 44, 49, 55, 99].map((age) => demographicGroup({ gender: 'M', age }));
  expect(lastOfBand).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(demographicGroups).toBe(17);
});

test.each([
  [{ gender: 'f', age: 32 }, 12],
  [{ gender: ' Male ', age: 32 }, 5],
  [{ gender: 'M' }, 1],
  [{ gender: 'F', age: null }, 2],
  [{ gender: 'F', age: -3 }, 2],
  [{ gender: 'F', age: NaN }, 2],
  [{ gender: 'F', age: 1_000 }, 2],
  [{ gender: null, age: 32 }, 0],
  [{ gender: 'robot', age: 32 }, 0],
  [{}, 0],
])('%o belongs to group %i', (user, group) => {
  expect(demographicGroup(user)).toBe(group);
});

test('every group widens to its gender and then to everybody, and a parent has the smaller number', () => {
  const parents = Array.from({ length: demographicGroups }, (_, group) => parentGroup(group));
  expect(parents).toEqual([null, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
});

test.each([-1, 17, 0.5, NaN])('group %s is refused', (group) => {
  expect(() => parentGroup(group)).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }));
});
