import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../runtime/index.ts';
import type { Ledger } from '../ledger.ts';
import { migrations } from '../migrations/index.ts';
import { migrate } from '../migrations/migrate.ts';
import { createSqlLedger } from '../sql/sql-ledger.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { sqliteFailure } from './sqlite-errors.ts';

/** `sqlite:<file>`; the folder is made. Each thread and each process opens its own. */
export async function openSqliteLedger(url: string): Promise<Ledger> {
  const file = url.slice('sqlite:'.length);
  if (file === '') throw new AppError('CONFIG_INVALID', 'sqlite: needs a file, as in sqlite:.reelay/ledger.db');
  const database = await openDatabase(file);
  try {
    await migrate(database.migrationTarget(), migrations);
    return createSqlLedger(database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openDatabase(file: string): Promise<SqliteDatabase> {
  try {
    if (file !== ':memory:') await mkdir(dirname(file), { recursive: true });
    return await SqliteDatabase.open(file);
  } catch (error) {
    throw sqliteFailure(error);
  }
}
