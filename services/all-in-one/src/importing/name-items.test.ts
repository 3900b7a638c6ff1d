import { isMovieId } from '@reelay/shared/contracts';
import { expect, test } from 'vitest';
import { nameItems } from './name-items.ts';
import { numberUsers } from './number-users.ts';

const details = (titles: Record<string, [string, number | null]>) =>
  new Map(Object.entries(titles).map(([id, [title, year]]) => [id, { title, year, genres: [] }]));

test('ids come from title and year, in the form of the log, each item its own', () => {
  const ids = ['1', '2', '3', '4', '5', 'The/Wire: S1', '***', '***!'];
  const names = nameItems(ids, details({ 1: ['Toy Story (1995)', 1995], 2: ['Amélie (2001)', 2001], 3: ['Chasing Amy (1997)', 1997], 4: ['Chasing Amy (1997)', 1997], 5: ['千と千尋', 2001] })); // prettier-ignore
  expect(names.slice(0, 4)).toEqual(['toy+story+1995', 'amelie+2001', 'chasing+amy+1997', 'chasing+amy+4+1997']);
  expect(new Set(names).size).toBe(ids.length);
  expect(names.filter((name) => !isMovieId(name))).toEqual([]);
});

test('any ids at all get ids of the log, all different', () => {
  const ids = Array.from({ length: 500 }, (_, place) => String.fromCharCode(33 + (place % 90)).repeat(1 + (place % 3)) + (place % 2 === 0 ? '' : place)); // prettier-ignore
  const names = nameItems(ids, new Map());
  expect(new Set(names).size).toBe(500);
  expect(names.filter((name) => !isMovieId(name))).toEqual([]);
});

test('users keep ids that are numbers; one that is not makes all be numbered', () => {
  expect(numberUsers(['7', '2147483647'])).toEqual({ kept: true, numbers: [7, 2_147_483_647] });
  for (const odd of ['0', '007', '2147483648', 'anna', '-1', '1.5']) expect(numberUsers(['7', odd])).toEqual({ kept: false, numbers: [1, 2] }); // prettier-ignore
});
