import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPopulation } from './population.ts';
import { csvField, writeDetails } from './write-details.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'details-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('both files hold one row for each user and movie, under their header, and no draft is left', async () => {
  const population = createPopulation({ seed: 1, preset: 'tiny' });
  const files = await writeDetails(population, join(folder, 'new'));
  const [users, movies] = await Promise.all([files.users, files.movies].map((file) => readFile(file, 'utf8')));
  const { age, gender, occupation } = population.people[0];
  expect(users.split('\r\n').slice(0, 2)).toEqual([
    'user_id,age,gender,occupation',
    `${population.userIds[0]},${age},${gender},${occupation}`,
  ]);
  expect(movies.split('\r\n')[0]).toBe('id,title,year,genres,runtime,min_age');
  expect(users.trimEnd().split('\r\n')).toHaveLength(301);
  expect(movies.trimEnd().split('\r\n')).toHaveLength(401);
  expect(await readdir(join(folder, 'new'))).toEqual(['movies.csv', 'users.csv']);
});

test.each([
  ['plain', 'plain'],
  ['a, b', '"a, b"'],
  ['"a" b', '"""a"" b"'],
  [7, '7'],
])('field %s', (value, field) => {
  expect(csvField(value)).toBe(field);
});
