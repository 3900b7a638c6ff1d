import { plan as planSchema, type Plan } from '../../contracts/index.ts';
import { AppError } from '../../runtime/index.ts';
import type { ReleaseLedger } from '../ledger.ts';
import type { VersionRow, VersionState } from '../rows.ts';
import { takeNumbers } from './counters.ts';
import { versionTable } from './row-tables.ts';
import { UniqueViolation, type SqlDatabase } from './sql-database.ts';

export const createReleaseLedger = (database: SqlDatabase): ReleaseLedger => ({
  nextVersionNumber: () => database.transaction((session) => takeNumbers(session, 'version', 1)),
  addVersion: (row) => addVersion(database, row),
  versions: () =>
    database.all<VersionRow>(
      `select version_number as number, id, state, reason, manifest, created_at as createdAt
        from versions order by version_number`,
    ),
  setVersionState: (id, state, reason) => setVersionState(database, id, state, reason),
  plan: () => readPlan(database),
  changePlan: (expectedEpoch, next) => changePlan(database, expectedEpoch, next),
  planHistory: (limit) => planHistory(database, limit),
});

async function addVersion(database: SqlDatabase, row: VersionRow): Promise<void> {
  try {
    await database.insert(versionTable, [row]);
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error;
    throw new AppError('VERSION_EXISTS', `version ${row.id} is in the ledger already`, { cause: error });
  }
}

async function setVersionState(database: SqlDatabase, id: string, state: VersionState, reason: string): Promise<void> {
  const changed = await database.run('update versions set state = ?, reason = ? where id = ?', [state, reason, id]);
  if (changed !== 1) throw new AppError('NOT_FOUND', `no version ${id} in the ledger`);
}

async function readPlan(database: SqlDatabase): Promise<Plan> {
  const [row] = await database.all<{ document: string }>('select document from plan where singleton = 1');
  return planSchema.parse(JSON.parse(row.document));
}

async function planHistory(database: SqlDatabase, limit: number): Promise<Plan[]> {
  const rows = await database.all<{ document: string }>(
    `select document from plan_history order by epoch desc limit ${Math.trunc(limit)}`,
  );
  return rows.map(({ document }) => planSchema.parse(JSON.parse(document)));
}

/** The plan and its history change together. */
async function changePlan(database: SqlDatabase, expectedEpoch: number, next: Plan): Promise<boolean> {
  if (next.epoch !== expectedEpoch + 1) {
    throw new AppError(
      'DATA_INVALID',
      `a plan after epoch ${expectedEpoch} has epoch ${expectedEpoch + 1}, not ${next.epoch}`,
    );
  }
  const document = JSON.stringify(planSchema.parse(next));
  return database.transaction(async (session) => {
    const changed = await session.run('update plan set epoch = ?, document = ? where singleton = 1 and epoch = ?', [
      next.epoch,
      document,
      expectedEpoch,
    ]);
    if (changed !== 1) return false;
    await session.run('insert into plan_history (epoch, document) values (?, ?)', [next.epoch, document]);
    return true;
  });
}
