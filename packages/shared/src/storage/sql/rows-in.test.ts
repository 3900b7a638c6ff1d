import { afterEach, beforeEach, expect, test } from 'vitest';
import { aReceipt } from '../../testing/receipt-builders.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { SqliteDatabase } from '../sqlite/sqlite-database.ts';
import { rowsOfLists, type UserList } from './rows-in.ts';
import type { SqlSession } from './sql-database.ts';
import { createSqlLedger } from './sql-ledger.ts';

let database: SqliteDatabase;
beforeEach(async () => {
  database = await SqliteDatabase.open(':memory:');
  await migrate(database.migrationTarget(), migrations);
});
afterEach(() => database.close());

const lists: UserList[] = Array.from({ length: 250 }, (_, at) => ({ userId: at, listHash: 2 ** 40 + at }));
const found = async (some: UserList[]) => {
  const what = { select: 'select r.user_id as userId, r.list_hash as listHash', rest: 'where r.time_ms >= ?' };
  const rows = await rowsOfLists<UserList>(database, some, { ...what, values: [0] });
  return rows.map(({ userId, listHash }) => ({ userId, listHash })).toSorted((a, b) => a.userId - b.userId);
};

test('receipts of many lists are found, each once, and none of another user with such a list', async () => {
  const receipts = lists.map((list, at) => aReceipt(at, list));
  const another = aReceipt(999, { userId: 999, listHash: lists[0].listHash });
  await createSqlLedger(database).addReceipts([{ id: 'a', receipts: [...receipts, another] }]);
  expect(await found([...lists, ...lists])).toEqual(lists);
  expect(await found([{ userId: 1, listHash: lists[2].listHash }])).toEqual([]);
  expect(await found([])).toEqual([]);
});

test('lists are looked up, not searched for: without the index all answers would be', async () => {
  const plan = async (rest: string): Promise<string> => {
    const details: string[] = [];
    const explaining = {
      async all(sql: string, values: never[]) {
        const steps = await database.all<{ detail: string }>(`explain query plan ${sql}`, values);
        details.push(...steps.map(({ detail }) => detail));
        return [];
      },
    } as unknown as SqlSession;
    await rowsOfLists(explaining, lists, { select: 'select r.track', rest, values: [0] });
    return details.join('\n');
  };
  expect(await plan('where r.time_ms >= ?')).toContain(
    'SEARCH r USING INDEX receipts_by_user_list (user_id=? AND list_hash=? AND time_ms>?)',
  );
  await database.run('drop index receipts_by_user_list');
  // Another text, since the plan of the first one is kept.
  expect(await plan('where r.time_ms > ?')).toContain('SEARCH r USING INDEX receipts_by_time (time_ms>?)');
});
