import type { PoolConnection, QueryOptions, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { keyOf, type RowTable, type SqlSession, type SqlValue } from '../sql/sql-database.ts';
import { mysqlFailure } from './mysql-errors.ts';

/** Of one bulk statement: with the tallest row, of 64 KB, it stays far below 16 MB, the default `max_allowed_packet`. */
const rowsAtOnce = 5_000;
const charactersAtOnce = 1_000_000;
const keysAtOnce = 500;

/**
 * Statements on one connection. `query` (values escaped by the driver under the SQL mode set in
 * `mysql-pool.ts`) and not `execute`: that sends every number as a double, which MySQL 8.4 refuses in places and compares
 * without an index in others. Values are numbers, strings, buffers and nulls only, so no object can turn into SQL.
 */
export class MysqlSession implements SqlSession {
  readonly #connection: PoolConnection;
  readonly #statementMsMax: number;

  constructor(connection: PoolConnection, statementMsMax = 30_000) {
    this.#connection = connection;
    this.#statementMsMax = statementMsMax;
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
    return this.#write(insertText(table), table, rows, ` on duplicate key update ${changes.join(', ')}`);
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

  /** The text is put together here: for rows of numbers the driver's own way of doing it takes four times as long. */
  async #write<Row>(head: string, table: RowTable<Row>, rows: Row[], tail = ''): Promise<void> {
    for (let next = 0; next < rows.length;) {
      let text = head;
      const end = Math.min(rows.length, next + rowsAtOnce);
      for (const first = next; next < end && text.length < charactersAtOnce; next += 1) {
        text += (next === first ? '' : ',') + this.#rowText(table.values(rows[next]));
      }
      await this.#query<ResultSetHeader>({ sql: text + tail });
    }
  }

  #rowText(values: SqlValue[]): string {
    let text = '(';
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at];
      if (at > 0) text += ',';
      text += typeof value === 'number' ? value : this.#connection.escape(isPlain(value) ? value : String(value));
    }
    return `${text})`;
  }

  async #query<Result extends RowDataPacket[] | RowDataPacket[][] | ResultSetHeader>(
    options: QueryOptions,
  ): Promise<Result> {
    try {
      const [result] = await this.#connection.query<Result>({ ...options, timeout: this.#statementMsMax });
      return result;
    } catch (error) {
      throw mysqlFailure(error);
    }
  }
}

/** The types say so already; whatever came round them must not be taken for a part of the statement. */
const isPlain = (value: SqlValue): boolean => value === null || typeof value === 'string' || Buffer.isBuffer(value);

const insertText = <Row>(table: RowTable<Row>): string =>
  `insert into ${table.name} (${table.columns.join(', ')}) values `;
