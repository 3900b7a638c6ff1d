import { AppError } from '@reelay/shared/runtime';
import { expect, test } from 'vitest';
import { groupedUserIdMax, takeSnapshot } from './take-snapshot.ts';
import { readingLedgerOf } from './testing/fill-ledger.ts';
import { drawTasteData, type TasteData } from './testing/taste-data.ts';

const minimum = { users: 20, items: 20, interactions: 100 };
const data = drawTasteData({ users: 50, items: 60, eventsPerUser: 8, seed: 1 });
const versionOf = async (changed: TasteData, pageRows?: number) =>
  (await takeSnapshot(readingLedgerOf(changed, pageRows), minimum)).dataVersion;

test('holds every interaction, user and item, and where each belongs', async () => {
  const { rows, catalogue, groupOfUserId } = await takeSnapshot(readingLedgerOf(data, 7), minimum);
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
  expect(groupOfUserId.length).toBe(51);
  expect(groupOfUserId.filter((group) => group > 0).length).toBe(50);
});

test('the data version does not depend on the pages', async () => {
  expect(await versionOf(data, 1)).toBe(await versionOf(data, 10_000));
});

test('the data version changes with one row more, one row less, and one changed number', async () => {
  const [first, ...others] = data.interactions;
  const last = { ...data.interactions[data.interactions.length - 1], userId: 99 };
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

test.each([
  ['users', { ...data, interactions: data.interactions.filter(({ userId }) => userId < 20) }],
  ['items', { ...data, interactions: data.interactions.filter(({ itemId }) => itemId < 20) }],
  ['interactions', { ...data, interactions: data.interactions.filter((_, at) => at % 8 < 1).slice(0, 99) }],
])('too few %s is NOT_ENOUGH_DATA', async (_kind, few) => {
  await expect(takeSnapshot(readingLedgerOf(few), minimum)).rejects.toMatchObject({ code: 'NOT_ENOUGH_DATA' });
});

test('rows out of order, a pair twice, and an unknown item are refused', async () => {
  const reversed = { ...data, interactions: data.interactions.toReversed() };
  const doubled = { ...data, interactions: [data.interactions[0], ...data.interactions] };
  const unknown = { ...data, movies: data.movies.slice(1) };
  for (const wrong of [reversed, doubled, unknown]) {
    await expect(takeSnapshot(readingLedgerOf(wrong), minimum)).rejects.toMatchObject({ code: 'DATA_INVALID' });
  }
});

test('one user with a huge id does not ask for memory', async () => {
  const odd = { userId: 2 ** 31 - 1, age: 30, gender: 'F', occupation: null };
  const { groupOfUserId } = await takeSnapshot(readingLedgerOf({ ...data, users: [...data.users, odd] }), minimum);
  expect(groupOfUserId.length).toBe(51);
  expect(odd.userId).toBeGreaterThan(groupedUserIdMax);
});

test('a stop ends it between two pages', async () => {
  const stop = new AbortController();
  const ledger = readingLedgerOf(data, 10);
  let pages = 0;
  const watched: typeof ledger = {
    ...ledger,
    interactions: (onPage) =>
      ledger.interactions(async (page) => {
        if (++pages === 2) stop.abort(new AppError('NOT_RUNNING', 'stopped'));
        await onPage(page);
      }),
  };
  await expect(takeSnapshot(watched, minimum, stop.signal)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  expect(pages).toBe(2);
});
