import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Population } from './population.ts';

/** Paths of the two files. */
export interface DetailFiles {
  users: string;
  movies: string;
}

const movieColumns = ['id', 'title', 'year', 'genres', 'runtime', 'min_age'];

/**
 * Writes `users.csv` (user_id, age, gender, occupation) and `movies.csv` (id, title, year, genres with `|` between, runtime,
 * min_age) into a folder (RFC 4180, UTF-8, with header). Whole or not at all: a reader never sees half a file.
 */
export async function writeDetails(population: Population, folder: string): Promise<DetailFiles> {
  const { people, userIds, catalogue } = population;
  await mkdir(folder, { recursive: true });
  const users = people.map(({ age, gender, occupation }, place) => [userIds[place], age, gender, occupation]);
  const movies = catalogue.movies.map((movie) => [
    movie.id,
    movie.title,
    movie.year ?? '',
    movie.genres.join('|'),
    movie.runtime,
    movie.minAge ?? '',
  ]);
  return {
    users: await writeCsv(join(folder, 'users.csv'), ['user_id', 'age', 'gender', 'occupation'], users),
    movies: await writeCsv(join(folder, 'movies.csv'), movieColumns, movies),
  };
}

async function writeCsv(path: string, header: string[], rows: (string | number)[][]): Promise<string> {
  const text = [header, ...rows].map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text);
  await rename(draft, path);
  return path;
}

/** Quoted where it must be; a quote inside is doubled. */
export const csvField = (value: string | number): string => {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
