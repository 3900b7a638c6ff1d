import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { AppError } from '@reelay/shared/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readingLedgerOf } from '../testing/fill-ledger.ts';
import { snapshotOf, wishes } from '../testing/snapshot-of.ts';
import { drawTasteData, type TasteData } from '../testing/taste-data.ts';
import { openSnapshot } from './open-snapshot.ts';
import { ParquetPart } from './parquet-part.ts';
import { itemColumns, partSchemas } from './snapshot-parts.ts';
import { createSnapshotStore, type SnapshotStore } from './snapshot-store.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { groupedUserIdMax } from './user-groups.ts';

const data = drawTasteData({ users: 250, items: 60, eventsPerUser: 10, seed: 1 });
const versionOf = async (changed: TasteData, pageRows?: number) =>
  (await snapshotOf(readingLedgerOf(changed, pageRows))).dataVersion;

let folder: string;
let store: SnapshotStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelay-snapshots-'));
  store = createSnapshotStore(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const take = (from = data) => takeSnapshot(readingLedgerOf(from), store, wishes);

test('holds every interaction, user and item, and where each belongs', async () => {
  const { rows, catalogue, groupOfUserId } = await snapshotOf(readingLedgerOf(data, 7));
  const back = Array.from(rows.item, (item, at) => ({
    userId: rows.userIds[rows.user[at]],
    itemId: catalogue[item].itemId,
    minutes: rows.minutes[at],
    rating: rows.rating[at],
    lastTime: rows.lastTime[at],
    // Not kept: they shape histories, not models.
    ratedAt: data.interactions[at].ratedAt,
    reached: data.interactions[at].reached,
  }));
  expect(back).toEqual(data.interactions);
  expect(catalogue.map(({ id }) => id)).toEqual(data.movies.map(({ id }) => id));
  expect(catalogue[0]).toEqual({ itemId: 1, id: data.movies[0].id, year: 1999, genres: ['Drama'] });
  expect(groupOfUserId.length).toBe(251);
  expect(groupOfUserId.filter((group) => group > 0).length).toBe(250);
});

test('its parts are bounded in rows, named by their content, and open in any reader of Parquet', async () => {
  const { dataVersion, parts } = await take();
  const interactions = parts.filter(({ kind }) => kind === 'interactions');
  expect(interactions.map(({ rows }) => rows)).toEqual([1_000, 1_000, 500]);
  expect((await readdir(join(folder, dataVersion))).sort()).toEqual(
    [...parts.map(({ file }) => file), 'snapshot.json'].sort(),
  );
  const { file, sha256 } = interactions[1];
  expect(file).toBe(`interactions-00001-${sha256.slice(0, 12)}.parquet`);
  const bytes = new Uint8Array(await readFile(join(folder, dataVersion, file)));
  const [row] = await parquetReadObjects({ file: bytes.buffer });
  const { userId, itemId, minutes, rating, ratedAt, lastTime } = data.interactions[1_000];
  expect(row).toEqual({
    user_id: userId,
    item_id: itemId,
    minutes,
    rating,
    rated_at: new Date(ratedAt * 1_000),
    last_time: new Date(lastTime * 1_000),
  });
});

test('items without details and texts of any kind come back as they were', async () => {
  const odd = { id: 'ünïcode+"quoted", 1999', title: 'a\nb', year: null, genres: [], runtime: null };
  const { catalogue } = await snapshotOf({ ...data, movies: [odd, ...data.movies.slice(1)] });
  expect(catalogue[0]).toEqual({ itemId: 1, id: odd.id, year: null, genres: [] });
});

test('age ratings reach the catalogue; what is not rated, or by a number that no age is, has none there', async () => {
  const ages = [16, 0, undefined, 999];
  const movies = data.movies.map((movie, at) => ({ ...movie, minAge: ages[at % 4] }));
  const { catalogue, dataVersion } = await snapshotOf({ ...data, movies });
  expect(catalogue.slice(0, 4).map(({ minAge }) => minAge)).toEqual([16, 0, undefined, undefined]);
  expect(catalogue.map((entry) => 'minAge' in entry)).toEqual(catalogue.map((_, at) => at % 4 < 2));
  expect(dataVersion).not.toBe(await versionOf(data));
});

test('a snapshot of an earlier program, which knew no age ratings, opens as it was', async () => {
  const description = await take({ ...data, movies: data.movies.map((movie) => ({ ...movie, minAge: 6 })) });
  const { min_age: _, ...columns } = partSchemas.items;
  const earlier: Pick<SnapshotStore, 'readPart'> = {
    async readPart(version, part) {
      if (part.kind !== 'items') return store.readPart(version, part);
      const old = new ParquetPart(columns);
      old.addGroup(data.movies.length, itemColumns(data.movies.map((movie, at) => ({ itemId: at + 1, movie }))));
      return old.finish();
    },
  };
  const { catalogue } = await openSnapshot(earlier, description);
  expect(catalogue).toHaveLength(data.movies.length);
  expect(catalogue.filter((entry) => 'minAge' in entry)).toEqual([]);
  expect((await openSnapshot(store, description)).catalogue[0].minAge).toBe(6);
});

test('the data version does not depend on the pages, nor on the hour', async () => {
  const once = await versionOf(data, 1);
  expect(await versionOf(data, 10_000)).toBe(once);
  expect((await snapshotOf(data, { now: 0 })).dataVersion).toBe(once);
});

test('the data version changes with one row more, one row less, and one changed number', async () => {
  const [first, ...others] = data.interactions;
  const last = { ...data.interactions[data.interactions.length - 1], userId: 999 };
  const versions = await Promise.all(
    [
      data,
      { ...data, interactions: others },
      { ...data, interactions: [...data.interactions, last] },
      { ...data, interactions: [{ ...first, minutes: first.minutes + 1 }, ...others] },
      { ...data, interactions: [{ ...first, ratedAt: first.ratedAt + 1 }, ...others] },
      { ...data, users: data.users.slice(1) },
      { ...data, movies: data.movies.map((movie) => ({ ...movie, year: 2000 })) },
    ].map((changed) => versionOf(changed)),
  );
  expect(new Set(versions).size).toBe(versions.length);
});

test('the same rows again are the same snapshot, and nothing is left of the second', async () => {
  const first = await take();
  expect((await take()).dataVersion).toBe(first.dataVersion);
  expect(await store.list()).toEqual([first]);
  expect(await readdir(join(folder, '.incoming'))).toEqual([]);
});

test.each([
  ['users', { ...data, interactions: data.interactions.filter(({ userId }) => userId < 20) }],
  ['items', { ...data, interactions: data.interactions.filter(({ itemId }) => itemId < 20) }],
  ['interactions', { ...data, interactions: data.interactions.filter((_, at) => at % 25 < 1).slice(0, 99) }],
])('too few %s is NOT_ENOUGH_DATA, and no snapshot', async (_kind, few) => {
  await expect(take(few)).rejects.toMatchObject({ code: 'NOT_ENOUGH_DATA' });
  expect(await readdir(folder)).toEqual(['.incoming']);
  expect(await store.list()).toEqual([]);
});

test('rows out of order, a pair twice, and an unknown item are refused', async () => {
  const reversed = { ...data, interactions: data.interactions.toReversed() };
  const doubled = { ...data, interactions: [data.interactions[0], ...data.interactions] };
  const unknown = { ...data, movies: data.movies.slice(1) };
  for (const wrong of [reversed, doubled, unknown]) {
    await expect(snapshotOf(readingLedgerOf(wrong))).rejects.toMatchObject({ code: 'DATA_INVALID' });
  }
});

test('one user with a huge id does not ask for memory', async () => {
  const odd = { userId: 2 ** 31 - 1, age: 30, gender: 'F', occupation: null };
  const { groupOfUserId } = await snapshotOf({ ...data, users: [...data.users, odd] });
  expect(groupOfUserId.length).toBe(251);
  expect(odd.userId).toBeGreaterThan(groupedUserIdMax);
});

test('a window leaves out what was touched before it, whoever it was', async () => {
  const newest = Math.max(...data.interactions.map(({ lastTime }) => lastTime));
  const within = data.interactions.filter(({ lastTime }) => lastTime >= newest - 3 * 86_400);
  const { rows, description } = await snapshotOf(data, { windowDays: 3 });
  expect(rows.item.length).toBe(within.length);
  expect(within.length).toBeLessThan(data.interactions.length);
  expect(description.windowDays).toBe(3);
});

test('a stop ends it between two pages and leaves nothing visible', async () => {
  const stop = new AbortController();
  const ledger = readingLedgerOf(data, 10);
  let pages = 0;
  const watched: typeof ledger = {
    ...ledger,
    interactions: (onPage) =>
      ledger.interactions(async (page) => {
        if (++pages === 200) stop.abort(new AppError('NOT_RUNNING', 'stopped'));
        await onPage(page);
      }),
  };
  await expect(takeSnapshot(watched, store, wishes, stop.signal)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  expect(pages).toBe(200);
  expect(await store.list()).toEqual([]);
});

test('a part that was damaged is not trained on', async () => {
  const description = await take();
  const part = description.parts[0];
  const path = join(folder, description.dataVersion, part.file);
  const bytes = await readFile(path);
  expect((await openSnapshot(store, description)).rows.item.length).toBe(2_500);
  bytes[1_234] ^= 1;
  await writeFile(path, bytes);
  await expect(openSnapshot(store, description)).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT' });
  await rm(path);
  await expect(openSnapshot(store, description)).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
});

test('the newest snapshots and those that are named stay, the others and what crashed go', async () => {
  const shrinking = [0, 1, 2, 3].map((left) => ({ ...data, interactions: data.interactions.slice(left) }));
  const taken = [];
  for (const [at, from] of shrinking.entries()) {
    taken.push(await takeSnapshot(readingLedgerOf(from), store, { ...wishes, now: 1_000 * at }));
  }
  const crashed = await store.begin();
  await crashed.store('interactions-00000-abc.parquet', new Uint8Array(4));
  expect(await store.list()).toHaveLength(4);
  await store.prune(2, new Set([taken[0].dataVersion]));
  expect((await store.list()).map(({ dataVersion }) => dataVersion)).toEqual(
    [taken[3], taken[2], taken[0]].map(({ dataVersion }) => dataVersion),
  );
  expect(await readdir(folder)).toHaveLength(3);
});
