import type { MovieRow, UserRow } from '@reelay/shared/storage';
import { describe, expect, test } from 'vitest';
import { normaliseMovie, normaliseUser } from './normalise-details.ts';

/** What the API may tell of a user, and what is kept of it. */
const users: [told: unknown, kept: UserRow | undefined][] = [
  [
    { user_id: 7, age: 34, occupation: 'writer', gender: 'F' },
    { userId: 7, age: 34, gender: 'F', occupation: 'writer' },
  ],
  [
    { user_id: '7', age: '34', occupation: ' writer ', gender: 'f', self_description_likes: null },
    { userId: 7, age: 34, gender: 'F', occupation: 'writer' },
  ],
  [
    { user_id: 7, age: 'null', occupation: 'null', gender: 'null' },
    { userId: 7, age: null, gender: null, occupation: null },
  ],
  [
    { user_id: 7, age: 0, occupation: '', gender: null },
    { userId: 7, age: null, gender: null, occupation: null },
  ],
  [
    { user_id: 7, age: 31.5, occupation: 9, gender: {} },
    { userId: 7, age: null, gender: null, occupation: null },
  ],
  [{ user_id: 7 }, { userId: 7, age: null, gender: null, occupation: null }],
  [
    { user_id: 7, age: 31, occupation: 'x'.repeat(500), gender: 'other' },
    { userId: 7, age: 31, gender: 'other', occupation: 'x'.repeat(100) },
  ],
  [{ message: 'user not found' }, undefined],
  [{ user_id: 'null', age: 3 }, undefined],
  [{ user_id: 0 }, undefined],
  [{ user_id: 7.5 }, undefined],
  [{ user_id: '7e2' }, undefined],
  [null, undefined],
  ['user', undefined],
  [[], undefined],
];

const goose = {
  id: 'the+blue+goose+1944',
  title: 'The Blue Goose',
  year: 1944,
  genres: ['Comedy'],
  runtime: 96,
  minAge: 17,
};
const told = {
  id: 'the+blue+goose+1944',
  tmdb_id: 19,
  imdb_id: 'tt0000019',
  title: 'The Blue Goose',
  original_title: "L'oie bleue",
  adult: 'False',
  belongs_to_collection: {},
  budget: '52000000',
  revenue: '0',
  genres: [{ id: 35, name: 'Comedy' }],
  homepage: 'null',
  original_language: 'fr',
  overview: 'null',
  popularity: '1.300589',
  poster_path: 'null',
  production_companies: [{ name: 'Invented', id: 8 }],
  production_countries: [{ iso_3166_1: 'FR', name: 'France' }],
  release_date: '1944-07-28',
  runtime: 96,
  spoken_languages: [{ iso_639_1: 'fr', name: 'Français' }],
  status: 'Released',
  tagline: 'null',
  vote_average: '5.9',
  vote_count: '12',
};
const { tagline: _tagline, ...told2025 } = told;
const { minAge: _minAge, ...unrated } = goose;

const movies: [told: unknown, kept: MovieRow | undefined][] = [
  [told, goose],
  [told2025, goose],
  [{ ...told, budget: 52_000_000, belongs_to_collection: null, keywords: ['goose'], cost: 0.182 }, goose],
  [{ ...told, runtime: '96' }, goose],
  [{ ...told, runtime: '96.0' }, goose],
  [
    { ...told, runtime: 0 },
    { ...goose, runtime: null },
  ],
  [
    { ...told, runtime: '0' },
    { ...goose, runtime: null },
  ],
  [
    { ...told, runtime: 'null' },
    { ...goose, runtime: null },
  ],
  [
    { ...told, runtime: -5 },
    { ...goose, runtime: null },
  ],
  [
    { ...told, runtime: 'long' },
    { ...goose, runtime: null },
  ],
  [{ ...told, release_date: 'null' }, goose],
  [{ ...told, release_date: '' }, goose],
  [{ ...told, release_date: null }, goose],
  [{ ...told, release_date: 'soon' }, goose],
  [
    { ...told, release_date: '1945' },
    { ...goose, year: 1945 },
  ],
  [
    { ...told, id: 'bad+goose+', release_date: 'null' },
    { ...goose, id: 'bad+goose+', year: null },
  ],
  [
    { ...told, title: 'null' },
    { ...goose, title: "L'oie bleue" },
  ],
  [
    { ...told, title: 'null', original_title: '' },
    { ...goose, title: goose.id },
  ],
  [
    { ...told, title: 'Null and Void' },
    { ...goose, title: 'Null and Void' },
  ],
  [
    { ...told, genres: [] },
    { ...goose, genres: [] },
  ],
  [
    { ...told, genres: 'null' },
    { ...goose, genres: [] },
  ],
  [
    { ...told, genres: null },
    { ...goose, genres: [] },
  ],
  [
    { ...told, genres: 'Comedy|War' },
    { ...goose, genres: ['Comedy', 'War'] },
  ],
  [
    { ...told, genres: ['Comedy', 'null', { id: 1 }, { name: 'War' }, 'War'] },
    { ...goose, genres: ['Comedy', 'War'] },
  ],
  // What is for adults counts as 18. The rest is below that, which says nothing of children.
  [
    { ...told, adult: 'True' },
    { ...goose, minAge: 18 },
  ],
  [
    { ...told, adult: true, min_age: 6 },
    { ...goose, minAge: 18 },
  ],
  [{ ...told, adult: false }, goose],
  [
    { ...told, min_age: '0' },
    { ...goose, minAge: 0 },
  ],
  [
    { ...told, adult: 'null', min_age: 16 },
    { ...goose, minAge: 16 },
  ],
  [{ ...told, min_age: 'PG' }, goose],
  [{ ...told, adult: 'null' }, unrated],
  [{ ...told, adult: 'maybe', min_age: 12.5 }, unrated],
  [{ ...told, adult: '', min_age: -1 }, unrated],
  [{ id: goose.id }, { id: goose.id, title: goose.id, year: 1944, genres: [], runtime: null }],
  [{ message: 'movie not found' }, undefined],
  [{ ...told, id: 7 }, undefined],
  [undefined, undefined],
];

const differences = <Row>(cases: [unknown, Row | undefined][], normalise: (told: unknown) => Row | undefined) =>
  cases.flatMap(([input, kept]) => {
    const row = normalise(input);
    return JSON.stringify(row) === JSON.stringify(kept) ? [] : [{ input, row, kept }];
  });

describe('what the API tells is kept in one form', () => {
  test('users: numbers as text, the word null, missing and unreadable fields', () => {
    expect(differences(users, normaliseUser)).toEqual([]);
  });

  test('movies: all 24 keys or fewer, of every year', () => {
    expect(Object.keys(told)).toHaveLength(24);
    expect(differences(movies, normaliseMovie)).toEqual([]);
  });

  test('planted: a normaliser that keeps "null" as text is found out', () => {
    const orText = (value: unknown, otherwise: string | null) => (value === 'null' ? 'null' : otherwise);
    const keepsNull = (input: unknown) => {
      const row = normaliseUser(input);
      return row && { ...row, occupation: orText((input as { occupation?: unknown }).occupation, row.occupation) };
    };
    const keepsTitle = (input: unknown) => {
      const row = normaliseMovie(input);
      return row && { ...row, title: orText((input as { title?: unknown }).title, row.title) ?? '' };
    };
    expect(differences(users, keepsNull)).toHaveLength(1);
    expect(differences(movies, keepsTitle)).toHaveLength(2);
    const takesAllForSuitable = (input: unknown) => {
      const row = normaliseMovie(input);
      return row && { ...row, minAge: row.minAge ?? 0 };
    };
    expect(differences(movies, takesAllForSuitable)).toHaveLength(4);
  });
});
