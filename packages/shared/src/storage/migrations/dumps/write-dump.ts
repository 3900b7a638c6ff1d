/**
 * `node write-dump.ts [version]`: writes the dumps of a schema (of the newest, if no other is named), which later migrations are
 * tried on. Run it once when a migration is added, and for those above it that are not released yet; dumps of released schemas
 * are never written again.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { emptyPlan } from '../../../contracts/index.ts';
import { aReceipt } from '../../../testing/receipt-builders.ts';
import type { Ledger } from '../../ledger.ts';
import { mysqlDialect } from '../../mysql/mysql-database.ts';
import { createSqlLedger } from '../../sql/sql-ledger.ts';
import { SqliteDatabase, sqliteDialect } from '../../sqlite/sqlite-database.ts';
import { migrations } from '../index.ts';
import { migrate, schemaVersionTable } from '../migrate.ts';
import type { SchemaDialect } from '../migration.ts';
import { dumpPath, joinStatements } from './read-dump.ts';

const wanted = Number(process.argv[2] ?? migrations.at(-1)?.version);
const steps = migrations.filter(({ version }) => version <= wanted);
const folder = await mkdtemp(join(tmpdir(), 'reelay-dump-'));
try {
  const file = join(folder, 'ledger.db');
  const database = await SqliteDatabase.open(file);
  await migrate(database.migrationTarget(), steps);
  const ledger = createSqlLedger(database);
  await fill(ledger);
  await ledger.close();
  await writeFile(dumpPath(wanted, 'sqlite'), schema(sqliteDialect));
  await writeFile(dumpPath(wanted, 'mysql'), schema(mysqlDialect));
  await writeFile(dumpPath(wanted, 'rows'), rows(file));
} finally {
  await rm(folder, { recursive: true });
}

function schema(dialect: SchemaDialect): string {
  return joinStatements([schemaVersionTable(dialect), ...steps.flatMap((migration) => migration.statements(dialect))]);
}

/** A row of every kind, through the front door. */
async function fill(ledger: Ledger): Promise<void> {
  const { streamId, incarnation, ownerEpoch } = await ledger.claim('movielog1', 0);
  await ledger.upsertUsers([{ userId: 1, age: 34, gender: 'F', occupation: 'artist' }]);
  await ledger.upsertMovies([
    { id: 'heat+1995', title: "Heat, l'affrontement", year: 1995, genres: ['Crime'], runtime: 170, minAge: 16 },
  ]);
  await ledger.itemIds(['alien+1979']);
  const [time, userId, lineHash] = [1_714_521_600, 1, '0123456789abcdef'];
  const run = { firstMinute: 0, lastMinute: 4, firstTime: time, lastTime: time + 240, lines: 5 };
  const csv = {
    path: 'ratings-1-1.csv',
    streamId,
    ownerEpoch,
    kind: 'ratings',
    storedDay: 19_844,
    committedBytes: 20,
    committedRows: 2,
  } as const;
  await ledger.commitWindow(
    {
      streamId,
      incarnation,
      ownerEpoch,
      storedDay: 19_844,
      expectedOffset: 0,
      nextOffset: 10,
      lastLineHash: 'a'.repeat(64),
      received: 10,
      watchLines: 5,
      rows: {
        ratings: [2, 4].map((rating) => ({ userId, itemId: 1, time, rating })),
        segments: [{ firstOffset: 2, userId, itemId: 2, ...run }],
        recommendations: [{ time, millisecond: 7, userId, lineHash, status: 200, latencyMs: 31, result: 'heat+1995' }],
        accounts: [{ time, userId, lineHash }],
        quarantine: [{ offset: 9, reason: 'FORM', line: "it's no line; 漢字 😀" }],
      },
    },
    async () => [csv],
  );
  await ledger.addReceipts([{ id: 'batch-1', receipts: [aReceipt(1)] }]);
  const judgement = { userId, idempotencyKey: 'key-1', itemId: 1, kind: 'ignored', minutes: 0, rating: 0 } as const;
  await ledger.addFeedback([{ ...judgement, timeMs: time * 1_000 }]);
  await ledger.rollUpDay(19_844);
  const number = await ledger.nextVersionNumber();
  await ledger.addVersion({
    number,
    id: '1-abcdef',
    state: 'released',
    reason: '',
    manifest: '{}',
    createdAt: time * 1000,
  });
  await ledger.changePlan(0, { ...emptyPlan, epoch: 1, stable: '1-abcdef' });
  if (wanted >= 6) await ledger.settleAnswers({ windowSeconds: 3_600 });
  if (wanted >= 10) await ledger.addNotice({ key: 'plan-1', body: '{}', createdAt: time * 1000 });
  if (wanted >= 4) await ledger.markUnknown('movie', ['nobody+knows+1900'], time * 1000);
}

function rows(file: string): string {
  const database = new DatabaseSync(file);
  const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all();
  const statements = tables
    .map(({ name }) => String(name))
    .flatMap((name) => [
      `delete from ${name}`,
      ...database
        .prepare(`select * from ${name}`)
        .all()
        .map((row) => insert(name, row)),
    ]);
  database.close();
  return joinStatements(statements.filter((statement) => statement !== 'delete from schema_version'));
}

function insert(table: string, row: Record<string, unknown>): string {
  return `insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`;
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
