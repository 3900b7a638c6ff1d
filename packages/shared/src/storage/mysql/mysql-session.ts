import type { PoolConnection, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { keyOf, type RowTable, type SqlSession, type SqlValue } from '../sql/sql-database.ts';
import { mysqlFailure } from './mysql-errors.ts';

const statementMsMax = 30_000;
/** Rows of one bulk statement: the tallest, of recommendations, stay within 16 MB, the default `max_allowed_packet`. */
const rowsAtOnce = 1_000;
const keysAtOnce = 500;

/**
 * Statements on one connection. `query` (values escaped by the driver under the SQL mode set in
 * `mysql-pool.ts`) and not `execute`: that sends every number as a double, which MySQL 8.4 refuses in places and compares
 * without an index in others. Values are numbers, strings, buffers and nulls only, so no object can turn into SQL.
 */
export class MysqlSession implements SqlSession {
  readonly #connection: PoolConnection;

  constructor(connection: PoolConnection) {
    this.#connection = connection;
  }

  async all<Row>(sql: string, values: SqlValue[] = []): Promise<Row[]> {
    return (await this.#query<RowDataPacket[]>({ sql, values })) as Row[];
  }

  async run(sql: string, values: SqlValue[] = []): Promise<number> {
    return (await this.#query<ResultSetHeader>({ sql, values })).affectedRows;
  }

  insert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    return this.#write(insertText(table), table, rows);
  }

  /** `VALUES()` is old, but the row alias that replaces it in MySQL 8.4 does not exist in MariaDB. */
  upsert<Row>(table: RowTable<Row>, rows: Row[]): Promise<void> {
    const changes = table.columns.slice(table.keyLength).map((column) => `${column} = values(${column})`);
    return this.#write(`${insertText(table)} on duplicate key update ${changes.join(', ')}`, table, rows);
  }

  async present<Row>(table: RowTable<Row>, rows: Row[]): Promise<boolean[]> {
    const found = new Set<string>();
    for (let start = 0; start < rows.length; start += keysAtOnce) {
      for (const key of await this.#knownKeys(table, rows.slice(start, start + keysAtOnce))) found.add(key);
    }
    return rows.map((row) => found.has(keyOf(table, row)));
  }

  async #knownKeys<Row>(table: RowTable<Row>, rows: Row[]): Promise<string[]> {
    const columns = table.columns.slice(0, table.keyLength).join(', ');
    const keys = rows.map((row) => table.values(row).slice(0, table.keyLength));
    const sql = `select ${columns} from ${table.name} where (${columns}) in (?)`;
    const known = await this.#query<RowDataPacket[][]>({ sql, values: [keys], rowsAsArray: true });
    return (known as unknown as SqlValue[][]).map((key) => key.join('\u001f'));
  }

  async #write<Row>(sql: string, table: RowTable<Row>, rows: Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      const values = rows.slice(start, start + rowsAtOnce).map((row) => table.values(row));
      await this.#query<ResultSetHeader>({ sql, values: [values] });
    }
  }

  async #query<Result extends RowDataPacket[] | RowDataPacket[][] | ResultSetHeader>(
    options: QueryOptions,
  ): Promise<Result> {
    try {
      const [result] = await this.#connection.query<Result>({ ...options, timeout: statementMsMax });
      return result;
    } catch (error) {
      throw mysqlFailure(error);
    }
  }
}

const insertText = <Row>(table: RowTable<Row>): string =>
  `insert into ${table.name} (${table.columns.join(', ')}) values ?`;
