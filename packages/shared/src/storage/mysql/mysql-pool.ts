import { createPool, format, type Pool, type PoolConnection, type PoolOptions } from 'mysql2/promise';
import { AppError, within } from '../../runtime/index.ts';
import type { SqlValue } from '../sql/sql-database.ts';
import { mysqlFailure } from './mysql-errors.ts';

const connectionsMax = 8;

/**
 * `strict` refuses what does not fit instead of bending it; a locked row is waited for 2 s, never the default 50. A client that says nothing for
 * `wait_timeout` is ended by the server: the transaction of a host that was lost or is held would keep its rows locked for the default 8 hours.
 */
const sessionSettings = (silentSecondsMax: number): string[] => [
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2",
  `set session wait_timeout = ${silentSecondsMax}`,
  'set session transaction isolation level read committed',
];

export interface MysqlPoolOptions {
  /** How long a caller waits for a connection before the ledger counts as down. */
  acquireMsMax?: number;
  /** Whole seconds after which the server ends a connection that is silent, inside a transaction or not. */
  silentSecondsMax?: number;
}

/** Connections, at most `connectionsMax`, in bounded time. Whatever the driver throws leaves it with a code. */
export class MysqlPool {
  readonly #pool: Pool;
  readonly #acquireMsMax: number;
  readonly #sessionSettings: string[];
  /** Connections whose session settings are made. */
  readonly #prepared = new WeakSet<object>();

  /** `url` = `mysql://user:password@host:port/database` */
  constructor(url: string, { acquireMsMax = 5_000, silentSecondsMax = 60 }: MysqlPoolOptions = {}) {
    this.#acquireMsMax = acquireMsMax;
    this.#sessionSettings = sessionSettings(silentSecondsMax);
    this.#pool = createPool({ ...poolOptions(url), connectTimeout: acquireMsMax });
  }

  /** Lends a connection for as long as `work` takes. After any error it is thrown away: nobody knows its state. */
  async use<Result>(work: (connection: PoolConnection) => Promise<Result>): Promise<Result> {
    const connection = await this.#acquire();
    try {
      await this.#prepare(connection);
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** The pool itself would wait for ever. */
  async #acquire(): Promise<PoolConnection> {
    const coming = this.#pool.getConnection();
    try {
      return await within(this.#acquireMsMax, 'a connection to the ledger', coming, 'LEDGER_DOWN');
    } catch (error) {
      coming.then((late) => late.release()).catch(() => {});
      throw mysqlFailure(error);
    }
  }

  async #prepare(connection: PoolConnection): Promise<void> {
    if (this.#prepared.has(connection.connection)) return;
    try {
      for (const sql of this.#sessionSettings) await connection.query({ sql, timeout: this.#acquireMsMax });
    } catch (error) {
      throw mysqlFailure(error);
    }
    this.#prepared.add(connection.connection);
  }
}

function poolOptions(url: string): PoolOptions {
  const { hostname, port, username, password, pathname } = new URL(url);
  if (pathname.length < 2)
    throw new AppError('CONFIG_INVALID', 'mysql://user:password@host:port/database: no database');
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: 'utf8mb4_bin',
    connectionLimit: connectionsMax,
    maxIdle: connectionsMax,
    queueLimit: 50,
    enableKeepAlive: true,
    maxPreparedStatements: 100,
    // Sums come as numbers; integers beyond 2^53 are never stored.
    decimalNumbers: true,
    supportBigNumbers: true,
    stringifyObjects: true,
    queryFormat: withValues,
    // The server must not be able to ask for a file of this host.
    flags: ['-LOCAL_FILES'],
  };
}

/** A statement that has its values already is not searched for places of them: a megabyte of rows took as long for that as to be stored. */
function withValues(sql: string, values: SqlValue[]): string {
  return values.length === 0 ? sql : format(sql, values, true);
}
