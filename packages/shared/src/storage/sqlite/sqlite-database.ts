import { DatabaseSync } from 'node:sqlite';
import { AppError, systemClock, Turns } from '../../runtime/index.ts';
import type { MigrationTarget } from '../migrations/migrate.ts';
import type { SchemaDialect } from '../migrations/migration.ts';
import type { RowTable, SqlDatabase, SqlSession, SqlValue } from '../sql/sql-database.ts';
import { isBusy, sqliteFailure } from './sqlite-errors.ts';
import { SqliteSession } from './sqlite-session.ts';

const busyRetryMs = 10;
/** So many pages, of 4 KB, stand in the log until they go to the file: a page that many commits change goes there once for all of them. */
const checkpointPages = 4_000;

export const sqliteDialect: SchemaDialect = {
  integer: 'integer',
  whole: () => 'integer',
  real: 'real',
  key: () => 'text',
  text: 'text',
  bytes: 'blob',
  changedColumns: () => [],
  droppedIndex: (_, index) => `drop index ${index}`,
  clustered: 'strict, without rowid',
  tableExists: "select name from sqlite_master where type = 'table' and name = ?",
};

/**
 * One connection to one WAL file. Calls take turns, so that nothing slips into an open transaction. While another thread or
 * process writes, it waits without blocking its thread (SQLite's own busy timeout would) and gives up after 10 s.
 *
 * WAL with `synchronous = normal`: a commit survives the death of the process; a power cut may take back the last ones,
 * rows and progress together, and the lines are read again.
 */
export class SqliteDatabase implements SqlDatabase {
  readonly #database: DatabaseSync;
  readonly #session: SqliteSession;
  readonly #turns = new Turns();
  readonly #busyMsMax: number;

  constructor(database: DatabaseSync, busyMsMax: number) {
    this.#database = database;
    this.#busyMsMax = busyMsMax;
    this.#session = new SqliteSession(database);
  }

  /** `busyMsMax`: how long to wait while somebody else writes. */
  static async open(file: string, { busyMsMax = 10_000 } = {}): Promise<SqliteDatabase> {
    const database = new DatabaseSync(file);
    try {
      await whenFree(busyMsMax, async () => database.exec('pragma journal_mode = wal'));
      database.exec('pragma synchronous = normal; pragma temp_store = memory; pragma cache_size = -65536');
      database.exec(`pragma wal_autocheckpoint = ${checkpointPages}`);
      return new SqliteDatabase(database, busyMsMax);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  all<Row>(sql: string, values?: SqlValue[]): Promise<Row[]> {
    return this.#alone(() => this.#session.all<Row>(sql, values));
  }

  run(sql: string, values?: SqlValue[]): Promise<number> {
    return this.#alone(() => this.#session.run(sql, values));
  }

  insert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.transaction((session) => session.insert(table, rows));
  }

  upsert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.transaction((session) => session.upsert(table, rows));
  }

  present<Row>(table: RowTable<Row>, rows: Row[]): Promise<boolean[]> {
    return this.#alone(() => this.#session.present(table, rows));
  }

  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result> {
    return this.#turns.run(async () => {
      // `immediate` takes the write lock now: later statements can no longer meet a busy database.
      await whenFree(this.#busyMsMax, async () => this.#database.exec('begin immediate'));
      try {
        const result = await work(this.#session);
        await whenFree(this.#busyMsMax, async () => this.#database.exec('commit'));
        return result;
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('rollback');
        throw error;
      }
    });
  }

  /** Asked beside the turns: a long flush does not make it look down. */
  async isUp(): Promise<boolean> {
    return this.#database.isOpen;
  }

  async close(): Promise<void> {
    await this.#turns.run(async () => {
      if (this.#database.isOpen) this.#database.close();
    });
  }

  /** This database as the migrations see it; a step is atomic, since SQLite's DDL is. */
  migrationTarget(): MigrationTarget {
    return {
      dialect: sqliteDialect,
      read: this,
      exclusively: (work) => this.transaction(work),
      apply: async (session, statement) => void (await session.run(statement)),
    };
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#turns.run(() => whenFree(this.#busyMsMax, work));
  }
}

/** `work`, tried again while another connection writes. */
async function whenFree<Result>(busyMsMax: number, work: () => Promise<Result>): Promise<Result> {
  const givingUpAt = systemClock.monotonicMs() + busyMsMax;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw sqliteFailure(error);
      if (systemClock.monotonicMs() > givingUpAt) {
        throw new AppError('LEDGER_DOWN', `the ledger was locked for ${busyMsMax} ms`, { cause: error });
      }
      await systemClock.sleep(busyRetryMs);
    }
  }
}
