import { readAgeRating } from '@reelay/shared/contracts';
import { AppError } from '@reelay/shared/runtime';
import type { DataFiles } from './find-data.ts';
import { genresOf100k, occupations1m } from './movielens-codes.ts';
import { readTextLines } from './read-text-lines.ts';
import { splitFields } from './split-fields.ts';

/** What a data set says about a user; null where it says nothing. */
export interface UserDetails {
  age: number | null;
  gender: string | null;
  occupation: string | null;
  zip?: string | undefined;
}

export interface ItemDetails {
  title: string;
  year: number | null;
  genres: string[];
  /** Age from which it is suitable; absent when it is not rated. */
  minAge?: number | undefined;
}

/** Details by the ids of the data set. */
export interface DataDetails {
  users: Map<string, UserDetails>;
  items: Map<string, ItemDetails>;
}

/** Reads the files of users and movies, where a data set has them. Throws `DATA_INVALID` for a line without its fields. */
export async function readDataDetails({ kind, users, movies }: DataFiles): Promise<DataDetails> {
  const details: DataDetails = { users: new Map(), items: new Map() };
  if (users) await eachLine(users, (line) => addUser(details.users, kind, line, users));
  if (movies) {
    let header: string[] | undefined;
    await eachLine(movies, (line) => {
      if (kind === 'ml-latest' && !header) header = splitFields(line, ',');
      else addItem(details.items, kind, line, movies, header?.indexOf('min_age'));
    }, kind === 'ml-latest' ? 'utf8' : 'latin1'); // prettier-ignore
  }
  return details;
}

async function eachLine(file: string, take: (line: string) => void, encoding: 'utf8' | 'latin1' = 'latin1') {
  await readTextLines(file, (lines) => lines.filter((line) => line.trim() !== '').forEach(take), encoding);
}

function addUser(users: DataDetails['users'], kind: DataFiles['kind'], line: string, file: string): void {
  if (kind === 'ml-100k') {
    const [id, age, gender, occupation, zip] = line.split('|');
    if (occupation === undefined) refuse(file, line);
    users.set(id, { age: Number(age) || null, gender: gender || null, occupation: occupation || null, zip });
    return;
  }
  const [id, gender, age, code, zip] = line.split('::');
  if (code === undefined) refuse(file, line);
  users.set(id, {
    age: Number(age) || null,
    gender: gender || null,
    occupation: occupations1m[Number(code)] ?? null,
    zip,
  });
}

/** `agePlace`: of the column of age ratings, where there is one. */
function addItem(items: DataDetails['items'], kind: DataFiles['kind'], line: string, file: string, agePlace = -1) {
  if (kind === 'ml-100k') {
    const [id, title, , , , ...flags] = line.split('|');
    if (flags.length < genresOf100k.length) refuse(file, line);
    items.set(id, named(title, genresOf100k.filter((_, at) => flags[at] === '1'))); // prettier-ignore
    return;
  }
  const fields = kind === 'ml-latest' ? splitFields(line, ',') : line.split('::');
  const [id, title, genres] = fields;
  if (genres === undefined) refuse(file, line);
  const item = named(title, genres.split('|').filter((genre) => genre !== '' && genre !== '(no genres listed)')); // prettier-ignore
  items.set(id, { ...item, minAge: readAgeRating(fields[agePlace]) });
}

/** `Toy Story (1995)` → its year; the title stays as it is. */
function named(title: string, genres: string[]): ItemDetails {
  const year = /\((\d{4})\)\s*$/.exec(title)?.[1];
  return { title, year: year === undefined ? null : Number(year), genres };
}

function refuse(file: string, line: string): never {
  throw new AppError('DATA_INVALID', `${file} has a line that cannot be read: ${line.slice(0, 80)}`);
}
