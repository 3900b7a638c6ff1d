import { isMovieId } from '@reelay/shared/contracts';
import { describe, expect, test } from 'vitest';
import { tastes } from './catalogue.ts';
import { Demographics, occupations } from './demographics.ts';
import { createPopulation, exampleUserIds } from './population.ts';
import { generateHistory } from './generate-history.ts';
import { presetNames, presets } from './presets.ts';
import { movieIdOf } from './titles.ts';

const everyTaste = Array.from({ length: tastes }, (_, taste) => taste);
const favourite = (values: ArrayLike<number>): number => Array.from(values).indexOf(Math.max(...Array.from(values)));

describe.each(presetNames)('preset %s', (preset) => {
  const { catalogue, people, userIds } = createPopulation({ seed: 1, preset });

  test('has its movies, each with an id of its own in the grammar', () => {
    const ids = catalogue.movies.map(({ id }) => id);
    expect(new Set(ids).size).toBe(presets[preset].movies);
    expect(ids.filter((id) => !isMovieId(id))).toEqual([]);
    const { shortest, longest } = presets[preset].runtime;
    expect(catalogue.movies.filter(({ runtime }) => runtime < shortest || runtime > longest)).toEqual([]);
    expect(new Set(catalogue.movies.map(({ minAge }) => minAge))).toEqual(new Set([0, 6, 12, 16, 18, undefined]));
  });

  test('has its users, with ids and details as the course has them', () => {
    expect(new Set(userIds).size).toBe(presets[preset].users);
    expect(userIds.filter((id) => id < 1 || id > 1_000_000)).toHaveLength(0);
    expect(people.filter(({ age }) => age < 8 || age > 90 || !Number.isInteger(age))).toEqual([]);
    const women = people.filter(({ gender }) => gender === 'F').length;
    expect(women).toBeGreaterThan(people.length / 10);
    expect(women).toBeLessThan(people.length / 4);
  });
});

test('there are 21 occupations', () => {
  expect(new Set(occupations).size).toBe(21);
});

test.each([
  ['The Good, the Bad and the Ugly', 1966, 'the+good_+the+bad+and+the+ugly+1966'],
  ["Mallow's List: 2", 1993, 'mallows+list+2+1993'],
  ['Willow & the Factory', 1971, 'willow++the+factory+1971'],
  ['Who Is Mr. Nob-ody?', 2009, 'who+is+mr.+nob-ody+2009'],
  ['Bad Goose', null, 'bad+goose+'],
])('the id of "%s" (%s) is %s', (title, year, id) => {
  expect(movieIdOf(title, year)).toBe(id);
});

test('the users to try have a history', () => {
  const population = createPopulation({ seed: 1, preset: 'tiny' });
  const examples = exampleUserIds(population, 5);
  const watched = new Set(
    [...generateHistory(population, { lines: 20_000 })].map(({ line }) => Number(line.split(',')[1])),
  );
  expect(examples).toHaveLength(5);
  expect(examples.filter((id) => !watched.has(id))).toEqual([]);
});

test('age, gender and occupation foretell what people like', () => {
  const { people, wish } = createPopulation({ seed: 1, preset: 'small' });
  const demographics = new Demographics(1);
  const liked = people.map((_, n) => favourite(wish.slice(n * tastes, (n + 1) * tastes)));
  const foretold = people.map((person) => favourite(everyTaste.map((taste) => demographics.pull(person, taste))));
  const hits = (shift: number) => liked.filter((taste, n) => taste === foretold[(n + shift) % people.length]).length;
  expect(hits(0)).toBeGreaterThan(600);
  expect(hits(0)).toBeGreaterThan(hits(1) + 100);
});
