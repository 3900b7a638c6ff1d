import type { CatalogueEntry, ListRules } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { applyRules } from './apply-rules.ts';

const catalogue: CatalogueEntry[] = [
  ['heat+1995', 'Action', 'Crime'],
  ['toy+story+1995', 'Animation', 'Comedy'],
  ['alien+1979', 'Science Fiction'],
  ['untold+2001'],
].map(([id = '', ...genres], at) => ({ itemId: 10 + at, id, year: null, genres, minAge: [16, 0, 18][at] }));

const rules = (change: Partial<ListRules>): ListRules => ({
  offset: 0,
  exclude: [],
  genres: [],
  includeSeen: false,
  ...change,
});
const excluded = (change: Partial<ListRules>) => [...applyRules(catalogue, rules(change)).exclude];

test('without rules nothing is left out and nothing skipped', () => {
  expect(applyRules(catalogue, undefined)).toEqual({ exclude: [], named: [], includeSeen: false, offset: 0 });
});

test('named ids are left out by their place, unknown ones change nothing', () => {
  const exclude = ['alien+1979', 'nowhere+2000', 'heat+1995', 'alien+1979'];
  expect(excluded({ exclude })).toEqual([0, 2]);
  expect(applyRules(catalogue, rules({ exclude, genres: ['crime'] })).named).toEqual([0, 2]);
});

test.each<[string[], number[]]>([
  [['crime'], [1, 2, 3]],
  [
    ['CRIME', 'science fiction'],
    [1, 3],
  ],
  [
    ['science fiction', 'Crime'],
    [1, 3],
  ],
  [['western'], [0, 1, 2, 3]],
])('of genres %j the places %j are outside', (genres, outside) => {
  expect(excluded({ genres })).toEqual(outside);
});

test.each<[number, number[]]>([
  [0, [0, 2, 3]],
  [15, [0, 2, 3]],
  [16, [2, 3]],
  [17, [2, 3]],
  [18, [3]],
  [120, [3]],
])(
  'up to the age of %i the places %j are outside: those above it, and the one that is not rated',
  (maxAge, outside) => {
    expect(excluded({ maxAge })).toEqual(outside);
  },
);

test('an age and genres hold together, whichever was asked for before', () => {
  expect(excluded({ genres: ['crime', 'animation'] })).toEqual([2, 3]);
  expect(excluded({ genres: ['crime', 'animation'], maxAge: 12 })).toEqual([0, 2, 3]);
  expect(excluded({ maxAge: 12, exclude: ['toy+story+1995'] })).toEqual([1, 0, 2, 3]);
});

test('where nothing is rated an age leaves nothing', () => {
  const unrated = catalogue.map(({ minAge: _minAge, ...entry }) => entry);
  expect([...applyRules(unrated, rules({ maxAge: 120 })).exclude]).toEqual([0, 1, 2, 3]);
});

test('genres and ids hold together', () => {
  expect(excluded({ genres: ['crime', 'animation'], exclude: ['heat+1995'] })).toEqual([0, 2, 3]);
});
