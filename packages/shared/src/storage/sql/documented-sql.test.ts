import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { listHash } from '../../runtime/index.ts';
import { aRecommendation, aWindow, noCsv } from '../../testing/ledger-builders.ts';
import { aReceipt, aRequestId } from '../../testing/receipt-builders.ts';
import { createTemporaryDatabase, realServerUrl } from '../../testing/index.ts';
import { migrations } from '../migrations/index.ts';
import { migrate, type MigrationTarget } from '../migrations/migrate.ts';
import { MysqlDatabase } from '../mysql/mysql-database.ts';
import { MysqlPool } from '../mysql/mysql-pool.ts';
import { SqliteDatabase } from '../sqlite/sqlite-database.ts';
import type { SqlDatabase } from './sql-database.ts';
import { createSqlLedger } from './sql-ledger.ts';

type Database = SqlDatabase & { migrationTarget(): MigrationTarget };
type Row = Record<string, unknown>;

/** Statements of a page, in their order. */
async function statementsOf(page: string): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../../../../../docs', page), 'utf8');
  return [...text.matchAll(/```sql\n([^`]*);\n```/g)].map(([, sql]) => sql);
}

/** Times as the pages name them: of a gateway, and of the log. */
const [hourMs, logHour] = [1_795_269_600_000, 1_924_956_000];
const trainedMs = hourMs - 3_600_000;
const dataCreatedAt = '2026-11-21T12:59:00.000Z';

/** User 42 is answered twice by version 17, user 43 by the ladder; the log has a failure as well. */
async function fill(database: SqlDatabase): Promise<void> {
  const ledger = createSqlLedger(database);
  const manifest = JSON.stringify({ dataCreatedAt, metrics: { rmse: 0.8125 } });
  await ledger.addVersion({
    number: 17,
    id: '17-3fa9c1',
    state: 'released',
    reason: '',
    manifest,
    createdAt: trainedMs,
  });
  const lines = [42, 42, 43].map((userId, place) =>
    aRecommendation({ time: logHour + place, userId, lineHash: `${place}`.padStart(16, '0'), result: `a,${place}` }),
  );
  const failed = aRecommendation({ time: logHour + 9, userId: 44, status: 0, result: 'Connection refused' });
  await ledger.commitWindow(aWindow(await ledger.claim('movielog', 0), { recommendations: [...lines, failed] }), noCsv);
  const receipts = lines.map(({ userId, result }, place) => {
    const timeMs = hourMs + place;
    const receipt = aReceipt(place, {
      requestId: aRequestId(place, timeMs),
      timeMs,
      userId,
      listHash: listHash(userId, result),
    });
    if (userId === 42) return receipt;
    return { ...receipt, outcome: 'fallback' as const, build: { ...receipt.build, modelVersion: null } };
  });
  await ledger.addReceipts([{ id: 'batch-1', receipts }]);
  await ledger.settleAnswers({ windowSeconds: 3_600 });
}

const numeric = (rows: Row[]): Row[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, value !== null && Number(value) >= 0 ? Number(value) : value]),
    ),
  );

function documentedTests(open: () => Promise<Database>, forget: () => Promise<void>): void {
  let database: Database;
  afterEach(async () => {
    await database.close();
    await forget();
  });

  const ask = async (page: string): Promise<Row[][]> => {
    database = await open();
    await migrate(database.migrationTarget(), migrations);
    await fill(database);
    const found: Row[][] = [];
    for (const sql of await statementsOf(page)) found.push(numeric(await database.all<Row>(sql)));
    return found;
  };

  test('receipts.md: answers of an hour by version; who was answered by what, made when, from which data, with which error', async () => {
    const [byVersion, provenance, ...others] = await ask('receipts.md');
    expect(byVersion).toContainEqual({ model_version: '17-3fa9c1', answers: 2, personalised: 2 });
    expect(byVersion).toHaveLength(2);
    const answer = {
      user_id: 42,
      model_version: '17-3fa9c1',
      data_version: 'd'.repeat(64),
      data_created_at: dataCreatedAt,
      trained_at_ms: trainedMs,
      rmse: 0.8125,
    };
    expect(provenance).toEqual([answer, answer]);
    expect(others).toEqual([]);
  });

  test('data.md: availability of an hour by version', async () => {
    const [availability, ...others] = await ask('data.md');
    expect(availability).toHaveLength(2);
    expect(availability).toContainEqual({ model_version: '17-3fa9c1', requests: 2, ok: 2 });
    expect(availability).toContainEqual({ model_version: null, requests: 2, ok: 1 });
    expect(others).toEqual([]);
  });
}

describe('statements of the docs: sqlite', () =>
  documentedTests(
    () => SqliteDatabase.open(':memory:'),
    async () => {},
  ));

const serverUrl = realServerUrl('mariadb') ?? '';

describe.runIf(serverUrl)('statements of the docs: mysql', () => {
  let temporary: Awaited<ReturnType<typeof createTemporaryDatabase>>;
  documentedTests(
    async () => {
      temporary = await createTemporaryDatabase(serverUrl);
      return new MysqlDatabase(new MysqlPool(temporary.url));
    },
    () => temporary.drop(),
  );
});
