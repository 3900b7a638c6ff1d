import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryLogger } from '@reelay/shared/observability';
import { systemClock } from '@reelay/shared/runtime';
import type { MovieRow, UserRow } from '@reelay/shared/storage';
import { waitUntil } from '@reelay/shared/testing';
import { createDetailsLoader } from './load-details.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'reelay-details-'));
});
afterEach(() => rm(home, { recursive: true }));

async function start() {
  const users = new Map<number, UserRow>();
  const movies = new Map<string, MovieRow>();
  const ledger = {
    upsertUsers: async (rows: UserRow[]) => rows.forEach((row) => users.set(row.userId, row)),
    upsertMovies: async (rows: MovieRow[]) => rows.forEach((row) => movies.set(row.id, row)),
  };
  const config = { USERS_FILE: join(home, 'users.csv'), MOVIES_FILE: join(home, 'movies.csv'), USER_ID_MAX: 100 };
  const { log, lines } = createMemoryLogger();
  const loader = createDetailsLoader({ config, ledger, log, clock: systemClock });
  return { users, movies, loader, lines, config };
}

test('users and movies come from CSV files, unusable rows are left out and counted', async () => {
  const { users, movies, loader, lines, config } = await start();
  await writeFile(
    config.USERS_FILE,
    'user_id,age,gender,occupation\r\n7,34,F,"sales, marketing"\r\n101,1,M,x\r\nabc,1,M,x\r\n8,,,\r\n',
  );
  await writeFile(
    config.MOVIES_FILE,
    'id,title,year,genres,runtime,cost,min_age\nsalt++pepper+1971,"Salt ""&""\nPepper",1971,Drama|Comedy,93,0.2,12\nno grammar,x,1,,\nbad+goose+,,,,,,PG-13\n',
  );
  await loader.start();
  await waitUntil('both loaded', () => users.size === 2 && movies.size === 2);
  await loader.stop();
  expect(users.get(7)).toEqual({ userId: 7, age: 34, gender: 'F', occupation: 'sales, marketing' });
  expect(users.get(8)).toEqual({ userId: 8, age: null, gender: null, occupation: null });
  expect(movies.get('salt++pepper+1971')).toEqual({
    id: 'salt++pepper+1971',
    title: 'Salt "&"\nPepper',
    year: 1971,
    genres: ['Drama', 'Comedy'],
    runtime: 93,
    minAge: 12,
  });
  expect(movies.get('bad+goose+')).toEqual({
    id: 'bad+goose+',
    title: 'bad+goose+',
    year: null,
    genres: [],
    runtime: null,
  });
  expect(lines.map(({ rows, refused }) => ({ rows, refused }))).toContainEqual({ rows: 4, refused: 2 });
});

test('a file that comes later or changes is read then', async () => {
  const { users, loader, config } = await start();
  await loader.start();
  await writeFile(config.USERS_FILE, 'user_id,age,gender,occupation\n7,34,F,x\n');
  await waitUntil('the first', () => users.get(7)?.age === 34);
  await writeFile(config.USERS_FILE, 'user_id,age,gender,occupation\n7,35,F,x\n');
  await utimes(config.USERS_FILE, 1, 1);
  await waitUntil('the change', () => users.get(7)?.age === 35);
  await loader.stop();
});
