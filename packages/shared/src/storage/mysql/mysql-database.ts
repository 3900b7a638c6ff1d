import { createHash } from 'node:crypto';
import type { PoolConnection } from 'mysql2/promise';
import { AppError, backoffMs, systemClock, within } from '../../runtime/index.ts';
import type { MigrationTarget } from '../migrations/migrate.ts';
import type { SchemaDialect } from '../migrations/migration.ts';
import type { RowTable, SqlDatabase, SqlSession, SqlValue } from '../sql/sql-database.ts';
import { Contention, isDoneAlready } from './mysql-errors.ts';
import type { MysqlPool } from './mysql-pool.ts';
import { MysqlSession } from './mysql-session.ts';

const attemptsMax = 6;
const closeMsMax = 5_000;
const aliveMsMax = 2_000;
/** A step of the schema may write a large table anew. */
const stepMsMax = 6 * 3_600_000;

export const mysqlDialect: SchemaDialect = {
  integer: 'bigint',
  whole: (bytes) => `${{ 2: 'smallint', 3: 'mediumint', 4: 'int' }[bytes]} unsigned`,
  real: 'double',
  key: (length) => `varchar(${length})`,
  text: 'mediumtext',
  bytes: 'mediumblob',
  changedColumns: (table, columns) => [
    `alter table ${table} ${columns.map((column) => `modify column ${column}`).join(', ')}`,
  ],
  droppedIndex: (table, index) => `alter table ${table} drop index ${index}`,
  clustered: 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin',
  tableExists:
    'select table_name as name from information_schema.tables where table_schema = database() and table_name = ?',
};

/**
 * A pool of connections to MySQL 8.4 or MariaDB 10.11. A transaction that lost a deadlock, or waited 2 s for a row, is tried again
 * up to six times; a connection that saw an error is not used again.
 */
export class MysqlDatabase implements SqlDatabase {
  readonly #pool: MysqlPool;

  constructor(pool: MysqlPool) {
    this.#pool = pool;
  }

  all<Row>(sql: string, values?: SqlValue[]): Promise<Row[]> {
    return this.#alone((session) => session.all<Row>(sql, values));
  }

  run(sql: string, values?: SqlValue[]): Promise<number> {
    return this.#alone((session) => session.run(sql, values));
  }

  insert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.transaction((session) => session.insert(table, rows));
  }

  upsert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.transaction((session) => session.upsert(table, rows));
  }

  present<Row>(table: RowTable<Row>, rows: Row[]): Promise<boolean[]> {
    return this.#alone((session) => session.present(table, rows));
  }

  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#patiently(() => this.#pool.use((connection) => inTransaction(connection, work)));
  }

  async isUp(): Promise<boolean> {
    try {
      await within(aliveMsMax, 'the ledger', this.all('select 1 as one'));
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await within(closeMsMax, 'closing the ledger', this.#pool.close()).catch(() => {});
  }

  /** This database as the migrations see it. A named lock, since DDL commits by itself. */
  migrationTarget(): MigrationTarget {
    return {
      dialect: mysqlDialect,
      read: this,
      exclusively: (work) => this.#locked(work),
      async apply(session, statement) {
        try {
          await session.run(statement);
        } catch (error) {
          if (!isDoneAlready(error)) throw error;
        }
      },
    };
  }

  async #locked(work: (session: SqlSession) => Promise<void>): Promise<void> {
    await this.#patiently(() =>
      this.#pool.use(async (connection) => {
        const session = new MysqlSession(connection, stepMsMax);
        const lock = await migrationLock(session);
        await work(session);
        await session.all('select release_lock(?) as released', [lock]);
      }),
    );
  }

  #alone<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#patiently(() => this.#pool.use((connection) => work(new MysqlSession(connection))));
  }

  async #patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Contention) || attempt === attemptsMax) throw error;
        await systemClock.sleep(backoffMs(attempt, { firstMs: 10, maxMs: 200 }));
      }
    }
  }
}

async function inTransaction<Result>(
  connection: PoolConnection,
  work: (session: SqlSession) => Promise<Result>,
): Promise<Result> {
  const session = new MysqlSession(connection);
  await session.run('start transaction');
  const result = await work(session);
  await session.run('commit');
  return result;
}

/** Held by the connection: it goes with it when this process dies. */
async function migrationLock(session: SqlSession): Promise<string> {
  const [{ name }] = await session.all<{ name: string }>('select database() as name');
  const lock = `reelay_schema_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  const [{ got }] = await session.all<{ got: number | null }>(`select get_lock(?, 20) as got`, [lock]);
  if (got !== 1) throw new AppError('LEDGER_DOWN', 'another process has been migrating the ledger for 20 s');
  return lock;
}
