import type { Ledger } from '../ledger.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { createSqlLedger } from '../sql/sql-ledger.ts';
import { MysqlDatabase } from './mysql-database.ts';
import { MysqlPool } from './mysql-pool.ts';

/** `mysql://user:password@host:port/database`; the database exists, its tables are made. */
export async function openMysqlLedger(url: string): Promise<Ledger> {
  const database = new MysqlDatabase(new MysqlPool(url));
  try {
    await migrate(database.migrationTarget(), migrations);
    return createSqlLedger(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}
