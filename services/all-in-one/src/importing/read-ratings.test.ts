import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { errorCode } from '@reelay/shared/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findData } from './find-data.ts';
import { readDataDetails } from './read-data-details.ts';
import { readRatings } from './read-ratings.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'reelay-read-ratings-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

let files = 0;
async function read(text: string) {
  const file = join(folder, `${(files += 1)}.csv`);
  await writeFile(file, text);
  const { table, userIds, itemIds, rows, bad } = await readRatings(file);
  const all = Array.from(table.rating, (rating, row) => [userIds[table.user[row]], itemIds[table.item[row]], rating, table.time[row]]); // prettier-ignore
  return { all, rows, bad: bad.text() };
}

const expected = { all: [['7', 'a', 4, 100], ['8', 'b', 2.5, 200]], rows: 2, bad: '' }; // prettier-ignore

test.each([
  ['commas', '7,a,4,100\n8,b,2.5,200\n'],
  ['a header', 'user,item,rating,time\n7,a,4,100\n8,b,2.5,200\n'],
  ['a header in another order', 'timestamp,movieId,userId,rating\n100,a,7,4\n200,b,8,2.5\n'],
  ['a header of other names', 'who,what,how,when\n7,a,4,100\n8,b,2.5,200\n'],
  ['tabs', '7\ta\t4\t100\n8\tb\t2.5\t200'],
  ['double colons', '7::a::4::100\n8::b::2.5::200\n'],
  ['semicolons and quotes', '"7";"a";"4";"100"\n"8";"b";"2.5";"200"\n'],
  ['carriage returns, empty lines, a byte order mark', '\uFEFF7,a,4,100\r\n\r\n8,b,2.5,200\r\n\r\n'],
  ['dates', '7,a,4,1970-01-01T00:01:40Z\n8,b,2.5,1970-01-01 00:03:20\n'],
])('rows with %s are read', async (_, text) => {
  expect(await read(text)).toEqual(expected);
});

test('a separator in quotes belongs to the field, a missing time is unknown', async () => {
  const { all } = await read('user,item,rating\n7,"a, ""the"" b",4\n');
  expect(all).toEqual([['7', 'a, "the" b', 4, Number.NaN]]);
});

test('rows that cannot be read are counted by reason, each with its first line of the file', async () => {
  const { rows, bad, all } = await read('user,item,rating\n\n1,a,x\n1,a,3\n1,a\n1,,3\n2,b,Infinity\n2,b,4,never\n');
  expect([rows, all.length]).toEqual([6, 1]);
  expect(bad).toBe('2 RATING (first in line 3), 1 FORM (first in line 5), 1 ITEM (first in line 6), 1 TIME (first in line 8)'); // prettier-ignore
});

test('each MovieLens folder is known by its files, packed or not, and its details are read', async () => {
  const layouts = {
    'ml-100k': { 'u.data': '7\t1\t4\t100\n', 'u.user': '7|24|M|writer|85711\n', 'u.item': `1|Café (1995)|01-Jan-1995||url|0|1${'|0'.repeat(17)}\n` },
    'ml-1m': { 'ratings.dat': '7::1::4::100\n', 'users.dat': '7::M::18::20::85711\n', 'movies.dat': '1::Café (1995)::Action\n' },
    'ml-10m': { 'ratings.dat': '7::1::4.5::100\n', 'movies.dat': '1::Café (1995)::Action\n' },
    'ml-latest': { 'ratings.csv': 'userId,movieId,rating,timestamp\n7,1,4,100\n', 'movies.csv': 'movieId,title,genres\n1,"Café (1995)",Action\n' },
  }; // prettier-ignore
  for (const packed of [false, true]) {
    for (const [kind, texts] of Object.entries(layouts)) {
      const home = await mkdtemp(join(folder, `${kind}-`));
      for (const [name, text] of Object.entries(texts)) {
        const bytes = Buffer.from(text, kind === 'ml-latest' ? 'utf8' : 'latin1');
        await writeFile(join(home, packed ? `${name}.gz` : name), packed ? gzipSync(bytes) : bytes);
      }
      const found = await findData(home);
      expect(found.kind).toBe(kind);
      expect((await readRatings(found.ratings)).userIds).toEqual(['7']);
      const { users, items } = await readDataDetails(found);
      expect(items.get('1')).toEqual({ title: 'Café (1995)', year: 1995, genres: ['Action'] });
      if (texts !== layouts['ml-10m'] && texts !== layouts['ml-latest']) expect(users.get('7')).toMatchObject({ gender: 'M', occupation: 'writer' }); // prettier-ignore
    }
  }
});

test('a column of age ratings in `movies.csv` is read by its name; what is no age is not rated', async () => {
  const home = await mkdtemp(join(folder, 'ages-'));
  await writeFile(join(home, 'ratings.csv'), 'userId,movieId,rating,timestamp\n7,1,4,100\n');
  await writeFile(join(home, 'movies.csv'), 'movieId,title,genres,min_age\n1,Heat (1995),Crime,16\n2,Up (2009),,0\n3,It (1990),,R\n4,Ran (1985),\n'); // prettier-ignore
  const { items } = await readDataDetails(await findData(home));
  expect([...items.values()].map(({ minAge }) => minAge)).toEqual([16, 0, undefined, undefined]);
});

test.each([['missing', 'NOT_FOUND'], ['.', 'DATA_INVALID']])('%s is no data set', async (name, code) => {
  const empty = await mkdtemp(join(folder, 'empty-'));
  const failed: unknown = await findData(join(empty, name)).catch((error: unknown) => error);
  expect(errorCode(failed)).toBe(code);
}); // prettier-ignore
