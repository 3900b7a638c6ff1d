import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyPlan } from '../../contracts/index.ts';
import { allRowsOf, createTemporaryDatabase, interactionsIn, realServerUrl } from '../../testing/index.ts';
import type { Ledger } from '../ledger.ts';
import { MysqlDatabase } from '../mysql/mysql-database.ts';
import { MysqlPool } from '../mysql/mysql-pool.ts';
import { createSqlLedger } from '../sql/sql-ledger.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { SqliteDatabase } from '../sqlite/sqlite-database.ts';
import { readDump } from './dumps/read-dump.ts';
import { migrations } from './index.ts';
import { migrate, schemaVersionTable, type MigrationTarget } from './migrate.ts';
import type { Migration } from './migration.ts';

type Database = SqlDatabase & { migrationTarget(): MigrationTarget };

const newest = migrations.at(-1)?.version ?? 0;
const aStep = (version: number, ...statements: string[]): Migration => ({
  version,
  name: `step ${version}`,
  statements: () => statements,
});
const aColumn = (name: string) => `alter table users add column ${name} int`;

/** All that the rows of a dump are, seen through today's ledger. */
const contentOf = async (ledger: Ledger) => ({
  rows: await allRowsOf(ledger),
  interactions: await interactionsIn(ledger),
  items: await ledger.items(),
  progress: await ledger.progress(),
  counts: await ledger.counts(),
  csvFiles: await ledger.csvFiles(),
  versions: await ledger.versions(),
  plan: await ledger.plan(),
  nextVersion: await ledger.nextVersionNumber(),
  nextItem: [...(await ledger.itemIds(['new+2000'])).values()],
});

const [time, userId, itemId] = [1_714_521_600, 1, 1];
const lines = { received: 10, accepted: 9, repeated: 0, quarantined: 1 };
const run = { firstMinute: 0, lastMinute: 4, firstTime: time, lastTime: time + 240, lines: 5 };
const expected = {
  rows: {
    ratings: [2, 4].map((rating) => ({ userId, itemId, time, rating })),
    segments: [{ firstOffset: 2, userId, itemId: 2, ...run }],
    recommendations: [
      { time, millisecond: 7, userId, lineHash: '0123456789abcdef', status: 200, latencyMs: 31, result: 'heat+1995' },
    ],
    accounts: [{ time, userId, lineHash: '0123456789abcdef' }],
    quarantine: [{ offset: 9, reason: 'FORM', line: "it's no line; 漢字 😀" }],
  },
  interactions: [
    { userId, itemId, minutes: 0, reached: 0, rating: 4, ratedAt: time, lastTime: time },
    { userId, itemId: 2, minutes: 5, reached: 5, rating: 0, ratedAt: 0, lastTime: time + 240 },
  ],
  items: [
    {
      itemId: 1,
      movie: { id: 'heat+1995', title: "Heat, l'affrontement", year: 1995, genres: ['Crime'], runtime: 170 },
    },
    { itemId: 2, movie: { id: 'alien+1979', title: 'alien+1979', year: null, genres: [], runtime: null } },
  ],
  progress: [{ streamId: 1, nextOffset: 10, lastLineHash: 'a'.repeat(64), counts: lines }],
  counts: { lines, ratings: 2, watches: 5 },
  csvFiles: [{ path: 'ratings-1-1.csv', committedBytes: 20, committedRows: 2 }],
  versions: [{ number: 1, id: '1-abcdef', state: 'released' }],
  plan: { ...emptyPlan, epoch: 1, stable: '1-abcdef' },
  nextVersion: 2,
  nextItem: [3],
};

interface Subject {
  dialect: 'sqlite' | 'mysql';
  /** Opens the same database again and again until `forget`. */
  open: () => Promise<Database>;
  forget: () => Promise<void>;
}

function migrationTests({ dialect, open, forget }: Subject): void {
  let database: Database;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(async () => {
    await database.close();
    await forget();
  });

  const load = async (version: number) => {
    for (const sql of [...(await readDump(version, dialect)), ...(await readDump(version, 'rows'))])
      await database.run(sql);
  };
  const upgrade = (steps: readonly Migration[]) => migrate(database.migrationTarget(), steps);

  test.each(migrations)(
    'a ledger of schema $version is brought up to date with its rows intact',
    async ({ version }) => {
      await load(version);
      await upgrade(migrations);
      expect(await contentOf(createSqlLedger(database))).toMatchObject(expected);
    },
  );

  test.each(migrations)('the statements of schema $version are those that were released', async ({ version }) => {
    const target = database.migrationTarget();
    const released = migrations.filter((migration) => migration.version <= version);
    const statements = released.flatMap((migration) => migration.statements(target.dialect));
    expect([schemaVersionTable(target.dialect), ...statements]).toEqual(await readDump(version, dialect));
  });

  test('an upgrade that loses a row is told', async () => {
    await load(newest);
    await upgrade([...migrations, aStep(newest + 1, 'delete from ratings where rating = 4')]);
    expect(await contentOf(createSqlLedger(database))).not.toMatchObject(expected);
  });

  test('only what is missing is run, in order, and opening again runs nothing', async () => {
    await load(newest);
    const steps = [...migrations, aStep(newest + 1, aColumn('first')), aStep(newest + 2, 'update users set first = 7')];
    await upgrade(steps);
    await upgrade([...steps.slice(0, -1), aStep(newest + 2, 'no statement')]);
    expect(await database.all('select user_id, first from users')).toEqual([{ user_id: 1, first: 7 }]);
  });

  test('a step made side by side with later ones is run where it is missing', async () => {
    await load(newest);
    const late = aStep(newest + 1, aColumn('late'));
    const ahead = aStep(newest + 2, aColumn('ahead'));
    await upgrade([...migrations, ahead]);
    await upgrade([...migrations, late, ahead]);
    await upgrade([...migrations, late, ahead]);
    expect(await database.all('select late, ahead from users')).toEqual([{ late: null, ahead: null }]);
  });

  test('a schema that this program does not know yet is SCHEMA_TOO_NEW', async () => {
    await upgrade([...migrations, aStep(newest + 1, aColumn('later'))]);
    await expect(upgrade(migrations)).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
  });

  test('of several that open at once one migrates, and all find the newest schema', async () => {
    const steps = [...migrations, aStep(newest + 1, "update counters set last = last + 1 where name = 'item'")];
    const others = await Promise.all(Array.from({ length: 5 }, open));
    await Promise.all(others.map((other) => migrate(other.migrationTarget(), steps)));
    const counters = others.map((other) => other.all("select last from counters where name = 'item'"));
    expect(await Promise.all(counters)).toEqual(others.map(() => [{ last: 1 }]));
    for (const other of others) await other.close();
  });

  test('a step that broke off is done again as a whole', async () => {
    await load(newest);
    const dropped = database.migrationTarget().dialect.droppedIndex('receipts', 'receipts_by_time');
    const broken = aStep(newest + 1, aColumn('half'), dropped, 'no statement');
    await expect(upgrade([...migrations, broken])).rejects.toMatchObject({ code: 'LEDGER_DOWN' });
    await upgrade([...migrations, aStep(newest + 1, aColumn('half'), dropped, 'update users set half = 1')]);
    expect(await database.all('select half from users')).toEqual([{ half: 1 }]);
    expect(await database.all('select max(version) as version from schema_version')).toEqual([{ version: newest + 1 }]);
  });
}

describe('migrations: sqlite', () => {
  let folder: string;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reelay-migrations-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  migrationTests({
    dialect: 'sqlite',
    open: () => SqliteDatabase.open(join(folder, `${made}.db`)),
    forget: async () => void made++,
  });
});

const serverUrl = realServerUrl('mariadb') ?? '';

describe.runIf(serverUrl)('migrations: mysql', () => {
  let temporary: ReturnType<typeof createTemporaryDatabase> | undefined;
  migrationTests({
    dialect: 'mysql',
    async open() {
      temporary ??= createTemporaryDatabase(serverUrl);
      return new MysqlDatabase(new MysqlPool((await temporary).url));
    },
    async forget() {
      await (await temporary)?.drop();
      temporary = undefined;
    },
  });
});

test('there is a dump of every schema', async () => {
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
  for (const { version } of migrations) expect((await readDump(version, 'rows')).length).toBeGreaterThan(10);
});
