import { expect, test } from 'vitest';
import { bootstrap, bootstrapMean } from './bootstrap.ts';
import type { UserOutcome } from './evaluate-model.ts';
import { fairnessGaps, groupFigures, ndcgFigure, rmseFigure } from './group-figures.ts';
import { summarise } from './summarise.ts';
import { userGroups } from './user-groups.ts';

/** 200 users, half of them F; those are served worse: NDCG 0.2 against 0.6, errors 1.2 against 0.8, each with a little of its own. */
const people = Array.from({ length: 200 }, (_, user) => ({
  gender: user % 2 === 0 ? 'M' : 'F',
  age: user < 100 ? 20 : 60,
}));
const outcomes: UserOutcome[] = people.map(({ gender }, user) => {
  const wiggle = ((user * 37) % 11) / 100;
  const ndcg = (gender === 'M' ? 0.6 : 0.2) + wiggle;
  const error = (gender === 'M' ? 0.8 : 1.2) + wiggle;
  const figures = new Map([[10, { ndcg, recall: ndcg, hit: 1, reciprocalRank: 1, precision: 0.1 }]]);
  return { user, relevant: new Set([1]), list: [1], figures, rated: 2, squares: 2 * error ** 2, absolutes: 2 * error };
});
const groups = userGroups(people);

test('users are grouped by each attribute and by pairs, where there are enough of them', () => {
  expect(groups.map(({ kind, name, members }) => `${kind}: ${name} ${members.length}`)).toEqual([
    'gender: F 100',
    'gender: M 100',
    'age: 18-24 100',
    'age: 56 and over 100',
    'gender × age: F × 18-24 50',
    'gender × age: F × 56 and over 50',
    'gender × age: M × 18-24 50',
    'gender × age: M × 56 and over 50',
  ]);
  expect(userGroups(people, 51).some(({ kind }) => kind === 'gender × age')).toBe(false);
  expect(userGroups([undefined, { gender: '', age: -3 }, {}], 1)).toEqual([]);
});

test('figures of groups add up to those of all, and intervals hold them', () => {
  const figures = groupFigures(outcomes, groups, ndcgFigure(10));
  const [all, women, men] = figures;
  expect(all.value).toBeCloseTo(summarise(outcomes)['ndcg@10']!, 12);
  expect((women.value + men.value) / 2).toBeCloseTo(all.value, 12);
  for (const { low, value, high } of figures) expect(low < value && value < high).toBe(true);
  expect(groupFigures(outcomes, groups, rmseFigure)[0].value).toBeCloseTo(summarise(outcomes).rmse!, 12);
});

test('a planted gap between the genders is found, with its ends; a shuffled gender has none', () => {
  const gaps = fairnessGaps(groupFigures(outcomes, groups, ndcgFigure(10)), 'larger');
  expect(gaps[0]).toMatchObject({ kind: 'gender', best: 'M', worst: 'F', apart: true });
  expect(gaps[0].gap).toBeCloseTo(0.4, 1);
  const errors = fairnessGaps(groupFigures(outcomes, groups, rmseFigure), 'smaller');
  expect(errors[0]).toMatchObject({ kind: 'gender', best: 'M', worst: 'F', apart: true });
  const shuffled = userGroups(people.map((one, user) => ({ ...one, gender: user % 4 < 2 ? 'M' : 'F' })));
  expect(fairnessGaps(groupFigures(outcomes, shuffled, ndcgFigure(10)), 'larger')[0]).toMatchObject({ kind: 'gender', apart: false }); // prettier-ignore
});

test('users without a relevant item have no part in figures of lists', () => {
  const nothing = outcomes.map((one) => ({ ...one, relevant: new Set<number>(), list: [] }));
  expect(groupFigures(nothing, groups, ndcgFigure(10))).toEqual([]);
  expect(summarise(nothing)).toMatchObject({ users: 0, 'ndcg@10': null, rows: 400 });
});

test('the same seed draws the same interval, another one another, more users a narrower', () => {
  const values = outcomes.map(({ squares }) => squares);
  expect(bootstrapMean(values, { seed: 3 })).toEqual(bootstrapMean(values, { seed: 3 }));
  expect(bootstrapMean(values, { seed: 4 })).not.toEqual(bootstrapMean(values, { seed: 3 }));
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  const many = Array.from({ length: 16 }, () => values).flat();
  expect(width(bootstrapMean(many))).toBeLessThan(width(bootstrapMean(values)) / 2);
  expect(bootstrap(0, () => 1).value).toBeNaN();
});

test('the interval is about twice the standard error on either side', () => {
  const values = Array.from({ length: 400 }, (_, at) => Math.sin(at * 12.9898) * 2);
  const mean = values.reduce((sum, value) => sum + value, 0) / 400;
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399 / 400);
  const { low, high } = bootstrapMean(values, { draws: 2_000 });
  expect(Math.abs((high - low) / (2 * 1.96 * error) - 1)).toBeLessThan(0.1);
});
