import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RowTable, SqlSession, SqlValue } from '../sql/sql-database.ts';
import { sqliteFailure } from './sqlite-errors.ts';

const statementsMax = 200;
/** Rows written before other work of this thread gets a turn; about 5 ms. */
const rowsAtOnce = 5_000;

/** Statements on one connection, as they come: no turns, no waiting for the write lock. */
export class SqliteSession implements SqlSession {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async all<Row>(sql: string, values: SqlValue[] = []): Promise<Row[]> {
    return coded(() => this.#prepared(sql).all(...values) as Row[]);
  }

  async run(sql: string, values: SqlValue[] = []): Promise<number> {
    return coded(() => Number(this.#prepared(sql).run(...values).changes));
  }

  insert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.#write(insertText(table), table, rows);
  }

  upsert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    const key = table.columns.slice(0, table.keyLength).join(', ');
    const changes = table.columns.slice(table.keyLength).map((column) => `${column} = excluded.${column}`);
    return this.#write(`${insertText(table)} on conflict (${key}) do update set ${changes.join(', ')}`, table, rows);
  }

  async present<Row>(table: RowTable<Row>, rows: Row[]): Promise<boolean[]> {
    const keyColumns = table.columns.slice(0, table.keyLength);
    const sql = `select 1 from ${table.name} where ${keyColumns.map((column) => `${column} = ?`).join(' and ')}`;
    const isPresent = (row: Row) =>
      this.#prepared(sql).get(...table.values(row).slice(0, table.keyLength)) !== undefined;
    const found: boolean[] = [];
    await inBatches(rows, (batch) => batch.forEach((row) => found.push(isPresent(row))));
    return found;
  }

  /** The same row a thousand times prepared is quicker here than one statement of a thousand rows. */
  async #write<Row>(sql: string, table: RowTable<Row>, rows: Row[]): Promise<void> {
    const write = (batch: Row[]) => {
      const statement = this.#prepared(sql);
      for (const row of batch) statement.run(...table.values(row));
    };
    await inBatches(rows, write);
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= statementsMax) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const insertText = <Row>(table: RowTable<Row>): string =>
  `insert into ${table.name} (${table.columns.join(', ')}) values (${table.columns.map(() => '?').join(', ')})`;

async function inBatches<Row>(rows: Row[], work: (batch: Row[]) => void): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    if (start > 0) await setImmediate();
    coded(() => work(rows.slice(start, start + rowsAtOnce)));
  }
}

/** SQLite's error with the code under which it leaves the adapter. */
function coded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(error);
  }
}
