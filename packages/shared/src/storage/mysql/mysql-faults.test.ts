import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allRowsOf, aRating, aWindow, noCsv, realServerUrl, someRows, waitUntil } from '../../testing/index.ts';
import type { Ledger } from '../ledger.ts';
import { openLedger } from '../open.ts';
import { UniqueViolation } from '../sql/sql-database.ts';
import { MysqlDatabase } from './mysql-database.ts';
import { MysqlPool } from './mysql-pool.ts';
import { createTemporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

const serverUrl = realServerUrl('mariadb') ?? '';

/** Ends every connection to the database that is doing nothing, such as one inside a transaction. */
async function killOthers(database: MysqlDatabase): Promise<[]> {
  const others = await database.all<{ id: number }>(
    "select id from information_schema.processlist where db = database() and command = 'Sleep'",
  );
  for (const { id } of others) await database.run(`kill ${id}`);
  expect(others.length).toBeGreaterThan(0);
  return [];
}

describe.runIf(serverUrl)('a ledger on MariaDB or MySQL under faults', () => {
  let temporary: TemporaryDatabase;
  let database: MysqlDatabase;
  let ledger: Ledger;
  beforeAll(async () => {
    temporary = await createTemporaryDatabase(serverUrl);
    ledger = await openLedger(temporary.url);
    database = new MysqlDatabase(new MysqlPool(temporary.url));
    await database.run('create table pairs (id bigint not null primary key, value bigint not null) engine = InnoDB');
  });
  afterEach(() => database.run('delete from pairs'));
  afterAll(async () => {
    await ledger.close();
    await database.close();
    await temporary.drop();
  });

  test('a connection killed inside a window leaves nothing of it, and the next call has another one', async () => {
    const window = aWindow(await ledger.claim('movielog1', 0), { ratings: [aRating()] });
    await expect(ledger.commitWindow(window, () => killOthers(database))).rejects.toMatchObject({
      code: 'LEDGER_DOWN',
    });
    expect(await allRowsOf(ledger)).toEqual(someRows());
    expect(await ledger.commitWindow(window, noCsv)).toMatchObject({ outcome: 'committed' });
  });

  test('of two transactions in a deadlock one is tried again, and both happen', async () => {
    await database.run('insert into pairs values (1, 0), (2, 0)');
    let attempts = 0;
    const both = Promise.withResolvers<void>();
    const add = (first: number, second: number) =>
      database.transaction(async (session) => {
        await session.run('update pairs set value = value + 1 where id = ?', [first]);
        if (++attempts >= 2) both.resolve();
        await both.promise;
        await session.run('update pairs set value = value + 1 where id = ?', [second]);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect(attempts).toBeGreaterThan(2);
    expect(await database.all('select value from pairs')).toEqual([{ value: 2 }, { value: 2 }]);
  });

  test('integers up to 2^53 come back as the numbers they were', async () => {
    const numbers = [0, -1, 2 ** 31, Number.MAX_SAFE_INTEGER];
    for (const [id, value] of numbers.entries()) await database.run('insert into pairs values (?, ?)', [id, value]);
    const rows = await database.all<{ value: number }>('select value from pairs order by id');
    expect(rows.map(({ value }) => value)).toEqual(numbers);
    expect(await database.all('select sum(id) as s from pairs')).toEqual([{ s: 6 }]);
  });

  test('text that looks like SQL stays text', async () => {
    const text = `'; drop table pairs; -- \\' " ? \\0 \n`;
    expect(await database.all('select ? as text, ? as place', [text, 7])).toEqual([{ text, place: 7 }]);
    await expect(database.run('select 1; select 2')).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  });

  test('a repeated key is told apart from other failures', async () => {
    await database.run('insert into pairs values (1, 0)');
    await expect(database.run('insert into pairs values (1, 0)')).rejects.toBeInstanceOf(UniqueViolation);
    await expect(database.run('insert into pairs values (2, null)')).rejects.toMatchObject({ code: 'DATA_INVALID' });
    await expect(database.run('insert into pairs values (3, 9223372036854775808)')).rejects.toMatchObject({
      code: 'DATA_INVALID',
    });
  });

  test('an owner that says nothing in mid-transaction keeps its rows for a bounded time, and nothing of it is stored', async () => {
    await database.run('insert into pairs values (1, 0)');
    const held = new MysqlDatabase(new MysqlPool(temporary.url, { silentSecondsMax: 1 }));
    const goOn = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = held.transaction(async (session) => {
      await session.run('update pairs set value = 7 where id = 1');
      locked.resolve();
      await goOn.promise;
    });
    await locked.promise;
    await database.run('update pairs set value = value + 1 where id = 1');
    goOn.resolve();
    await expect(holding).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
    expect(await held.all('select value from pairs')).toEqual([{ value: 1 }]);
    await held.close();
  });

  test('a connection that the server ended since nobody used it is not lent again', async () => {
    const silent = new MysqlDatabase(new MysqlPool(temporary.url, { silentSecondsMax: 1 }));
    const me = 'select connection_id() as id';
    const [{ id }] = await silent.all<{ id: number }>(me);
    const isThere = async () =>
      (await database.all('select id from information_schema.processlist where id = ?', [id])).length > 0;
    await waitUntil('the server ended it', async () => !(await isThere()));
    const [{ id: other }] = await silent.all<{ id: number }>(me);
    expect(other).not.toBe(id);
    await silent.close();
  });

  test('when all connections are taken a caller is told in bounded time, and is served once one is free', async () => {
    const small = new MysqlDatabase(new MysqlPool(temporary.url, { acquireMsMax: 100 }));
    const end = Promise.withResolvers<void>();
    let begun = 0;
    const all = Promise.withResolvers<void>();
    const held = Array.from({ length: 8 }, () =>
      small.transaction(async () => {
        if (++begun === 8) all.resolve();
        await end.promise;
      }),
    );
    await all.promise;
    await expect(small.all('select 1')).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
    end.resolve();
    await Promise.all(held);
    expect(await small.all('select 1 as one')).toEqual([{ one: 1 }]);
    await small.close();
  });
});

test('a server that is away is LEDGER_DOWN', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  await expect(openLedger(`mysql://u:p@127.0.0.1:${port}/x`)).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
});

test('a server that accepts and never speaks is LEDGER_DOWN in bounded time', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const database = new MysqlDatabase(new MysqlPool(`mysql://u:p@127.0.0.1:${port}/x`, { acquireMsMax: 100 }));
  await expect(database.all('select 1')).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
  expect(await database.isUp()).toBe(false);
  await database.close();
  sockets.forEach((socket) => socket.destroy());
  server.close();
});

test('a URL without a database is CONFIG_INVALID', async () => {
  await expect(openLedger('mysql://u:p@127.0.0.1:3306')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
