import { AppError, messageOf } from '../../runtime/index.ts';
import { UniqueViolation } from '../sql/sql-database.ts';

/** Numbers of https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html; MariaDB uses the same. */
const duplicateEntry = 1062;
const lockWaitTimeout = 1205;
const deadlock = 1213;
const doneAlready = [1050 /* table */, 1060 /* column */, 1061 /* index */, 1091 /* dropped */, duplicateEntry];
/** Null where none may be, number out of range, text that fits no column, wrong number, check. */
const badData = [1048, 1264, 1366, 1406, 3819, 4025];

const errorNumber = (error: unknown): number =>
  error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;

/** The transaction was undone for the sake of another one; it may be tried again. */
export class Contention extends AppError {
  constructor(cause: unknown) {
    super('LEDGER_DOWN', `mysql: ${messageOf(cause)}`, { cause });
    this.name = 'Contention';
  }
}

/** Whether a migration's statement failed since it was run before. */
export const isDoneAlready = (error: unknown): boolean =>
  error instanceof Error && doneAlready.includes(errorNumber(error.cause));

/** The driver's error as it leaves the adapter. */
export function mysqlFailure(error: unknown): Error {
  if (error instanceof AppError) return error;
  const number = errorNumber(error);
  if (number === deadlock || number === lockWaitTimeout) return new Contention(error);
  if (number === duplicateEntry) return new UniqueViolation(error);
  const code = badData.includes(number) ? 'DATA_INVALID' : 'LEDGER_DOWN';
  return new AppError(code, `mysql: ${messageOf(error)}`, { cause: error });
}
