import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { AppError, within } from '../../runtime/index.ts';
import { mysqlFailure } from './mysql-errors.ts';

const connectionsMax = 8;
const acquireMsMax = 5_000;

/** `strict` refuses what does not fit instead of bending it; a locked row is waited for 2 s, never the default 50. */
const sessionSettings = [
  "set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 2",
  'set session transaction isolation level read committed',
];

/** `mysql://user:password@host:port/database` */
export function openMysqlPool(url: string): Pool {
  const { hostname, port, username, password, pathname } = new URL(url);
  if (pathname.length < 2)
    throw new AppError('CONFIG_INVALID', 'mysql://user:password@host:port/database: no database');
  return createPool({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: 'utf8mb4_bin',
    connectionLimit: connectionsMax,
    maxIdle: connectionsMax,
    queueLimit: 50,
    connectTimeout: acquireMsMax,
    enableKeepAlive: true,
    maxPreparedStatements: 100,
    // Sums come as numbers; integers beyond 2^53 are never stored.
    decimalNumbers: true,
    supportBigNumbers: true,
    stringifyObjects: true,
    // The server must not be able to ask for a file of this host.
    flags: ['-LOCAL_FILES'],
  });
}

/** A connection, with its settings made, for as long as `work` takes. After any error it is thrown away: nobody knows its state. */
export async function withConnection<Result>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await acquire(pool);
  try {
    await prepare(connection);
    const result = await work(connection);
    connection.release();
    return result;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Connections whose session settings are made. */
const prepared = new WeakSet<object>();

async function prepare(connection: PoolConnection): Promise<void> {
  if (prepared.has(connection.connection)) return;
  for (const sql of sessionSettings) await connection.query({ sql, timeout: acquireMsMax });
  prepared.add(connection.connection);
}

/** The pool itself would wait for ever. */
async function acquire(pool: Pool): Promise<PoolConnection> {
  const coming = pool.getConnection();
  try {
    return await within(acquireMsMax, 'a connection to the ledger', coming, 'LEDGER_DOWN');
  } catch (error) {
    coming.then((late) => late.release()).catch(() => {});
    throw mysqlFailure(error);
  }
}
