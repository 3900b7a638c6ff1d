import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Demographics, FeatureGroup } from '../../packages/recommender/src/index.ts';

/** A MovieLens set with the ids as places, and what is known of users and items. */
export interface MovieLens {
  readonly users: number;
  readonly items: number;
  /** Rows as `[user, item, rating]`, places and points. */
  readonly rows: readonly RatedRow[];
  readonly userFeatures: readonly FeatureGroup[];
  readonly itemFeatures: readonly FeatureGroup[];
  /** By place of the user. */
  readonly people: ReadonlyMap<number, Demographics>;
}

export type RatedRow = readonly [user: number, item: number, rating: number];

export type MovieLensName = 'ml-100k' | 'ml-1m';

/** The folder of public data, named by `REELAY_DATA`. */
export function dataFolder(): string {
  const folder = process.env.REELAY_DATA;
  if (!folder) throw new Error('REELAY_DATA does not name the folder with ml-100k and ml-1m');
  return folder;
}

export const linesOf = (...path: string[]): string[] => {
  const bytes = readFileSync(join(dataFolder(), ...path));
  return (path.at(-1)!.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1').trim().split('\n');
};

/** Ratings of a file of ml-100k (`u.data`, `u1.base` …). */
export const readFold = (file: string): RatedRow[] =>
  linesOf('ml-100k', file).map((line) => {
    const [user, item, rating] = line.split('\t').map(Number);
    return [user - 1, item - 1, rating];
  });

export function readMovieLens(name: MovieLensName): MovieLens {
  const set = name === 'ml-100k' ? readSmall() : readMillion();
  const { people, titles } = set;
  return {
    users: set.users,
    items: set.items,
    rows: set.rows,
    people,
    userFeatures: [
      groupOf('age', set.users, people, ({ age }) => [ageBands.findLastIndex((from) => age >= from)]),
      groupOf('gender', set.users, people, ({ gender }) => [gender]),
      groupOf('occupation', set.users, people, ({ occupation }) => [occupation]),
      groupOf('zip', set.users, people, ({ zip }) => [zip.charAt(0)]),
    ],
    itemFeatures: [
      groupOf('year', set.items, titles, ({ year }) => (year > 0 ? [yearBand(year)] : [])),
      groupOf('genres', set.items, titles, ({ genres }) => genres),
    ],
  };
}

const ageBands = [0, 18, 25, 35, 45, 50, 56];

/** Decades before 1980, then five years, then each year from 1990 on: as many titles there are of them. */
const yearBand = (year: number): number =>
  year < 1980 ? Math.floor(year / 10) * 10 : year < 1990 ? Math.floor(year / 5) * 5 : year;

interface Person {
  age: number;
  gender: string;
  occupation: string;
  zip: string;
}

interface Title {
  year: number;
  genres: string[];
}

function readSmall() {
  const rows = readFold('u.data');
  const people = linesOf('ml-100k', 'u.user').map((line): [number, Person] => {
    const [id, age, gender, occupation, zip] = line.trim().split('|');
    return [Number(id) - 1, { age: Number(age), gender, occupation, zip }];
  });
  const titles = linesOf('ml-100k', 'u.item').map((line): [number, Title] => {
    const fields = line.trim().split('|');
    const genres = fields.slice(5).flatMap((flag, genre) => (flag === '1' ? [String(genre)] : []));
    return [Number(fields[0]) - 1, { year: Number(fields[2].slice(-4)) || 0, genres }];
  });
  return { users: 943, items: 1682, rows, people: new Map(people), titles: new Map(titles) };
}

function readMillion() {
  const places = new Map<number, number>();
  const titles = linesOf('ml-1m', 'movies.dat.gz').map((line, place): [number, Title] => {
    const [id, title, genres] = line.trim().split('::');
    places.set(Number(id), place);
    return [place, { year: Number(/\((\d{4})\)$/.exec(title)?.[1] ?? 0), genres: genres.split('|') }];
  });
  const rows = linesOf('ml-1m', 'ratings.dat.gz').map((line): RatedRow => {
    const [user, item, rating] = line.split('::', 3).map(Number);
    return [user - 1, places.get(item)!, rating];
  });
  const people = linesOf('ml-1m', 'users.dat.gz').map((line): [number, Person] => {
    const [id, gender, age, occupation, zip] = line.trim().split('::');
    return [Number(id) - 1, { age: Number(age), gender, occupation, zip }];
  });
  return { users: people.length, items: titles.length, rows, people: new Map(people), titles: new Map(titles) };
}

/** One group over all rows; rows without details have none of its features. */
function groupOf<T>(
  name: string,
  rows: number,
  details: ReadonlyMap<number, T>,
  read: (row: T) => readonly (string | number)[],
): FeatureGroup {
  const codes = new Map<string | number, number>();
  const start = new Int32Array(rows + 1);
  const feature: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    const detail = details.get(row);
    for (const value of detail === undefined ? [] : new Set(read(detail))) {
      if (!codes.has(value)) codes.set(value, codes.size);
      feature.push(codes.get(value)!);
    }
    start[row + 1] = feature.length;
  }
  return { name, size: Math.max(1, codes.size), start, feature: Int32Array.from(feature) };
}
