import { AppError } from '../../runtime/index.ts';
import type { SqlSession } from '../sql/sql-database.ts';
import type { Migration, SchemaDialect } from './migration.ts';

/** A database seen by the migrations. */
export interface MigrationTarget {
  dialect: SchemaDialect;
  /** Runs `work` while no other process or thread migrates this database. */
  exclusively(work: (session: SqlSession) => Promise<void>): Promise<void>;
  /** Runs one statement of a step; where steps are not atomic, "exists already" and "is gone already" are no errors. */
  apply(session: SqlSession, statement: string): Promise<void>;
  read: Pick<SqlSession, 'all'>;
}

/** Brings the schema up to date: runs, in order, what the database has not. `SCHEMA_TOO_NEW` when the database knows a later step than `migrations`. */
export async function migrate(target: MigrationTarget, migrations: readonly Migration[]): Promise<void> {
  // Most openings find nothing to do; they take no lock and so wait for no writer.
  if (missing(migrations, await versionsDone(target, target.read)).length === 0) return;
  await target.exclusively(async (session) => {
    const steps = missing(migrations, await versionsDone(target, session));
    await target.apply(session, schemaVersionTable(target.dialect));
    for (const migration of steps) await step(target, session, migration);
  });
}

/** By number, not all after the last one done: of steps made side by side a lower one may come later. */
function missing(migrations: readonly Migration[], done: Set<number>): Migration[] {
  const newest = migrations.at(-1)?.version ?? 0;
  const stored = Math.max(0, ...done);
  if (stored > newest) {
    throw new AppError(
      'SCHEMA_TOO_NEW',
      `the ledger has schema ${stored}, this program knows ${newest}; use a newer one`,
    );
  }
  return migrations.filter(({ version }) => !done.has(version));
}

async function versionsDone({ dialect }: MigrationTarget, session: Pick<SqlSession, 'all'>): Promise<Set<number>> {
  const tables = await session.all<{ name: string }>(dialect.tableExists, ['schema_version']);
  if (tables.length === 0) return new Set();
  const rows = await session.all<{ version: number }>('select version from schema_version');
  return new Set(rows.map(({ version }) => version));
}

export const schemaVersionTable = ({ integer, key, clustered }: SchemaDialect): string =>
  `create table if not exists schema_version (version ${integer} not null primary key, name ${key(100)} not null) ${clustered}`;

/** The version is written last: a step that broke off is not done. */
async function step(target: MigrationTarget, session: SqlSession, migration: Migration): Promise<void> {
  for (const statement of migration.statements(target.dialect)) await target.apply(session, statement);
  await session.run('insert into schema_version (version, name) values (?, ?)', [migration.version, migration.name]);
}
