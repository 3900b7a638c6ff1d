import { AppError, messageOf } from '../../runtime/index.ts';
import { UniqueViolation } from '../sql/sql-database.ts';

/** Result codes of https://www.sqlite.org/rescode.html; the low byte is the primary one. */
const busy = 5;
const constraint = 19;
const constraintUnique = 2067;
const constraintPrimaryKey = 1555;
const tooBig = 18;
const mismatch = 20;

const resultCode = (error: unknown): number =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;

/** Another connection holds the write lock; the statement did nothing and may be tried again. */
export const isBusy = (error: unknown): boolean =>
  error instanceof Error && [resultCode(error), resultCode(error.cause)].some((code) => (code & 0xff) === busy);

/** The error as it leaves the adapter. */
export function sqliteFailure(error: unknown): Error {
  if (error instanceof AppError || error instanceof UniqueViolation) return error;
  const code = resultCode(error);
  if (code === constraintUnique || code === constraintPrimaryKey) return new UniqueViolation(error);
  const badData = [constraint, tooBig, mismatch].includes(code & 0xff);
  return new AppError(badData ? 'DATA_INVALID' : 'LEDGER_DOWN', `sqlite: ${messageOf(error)}`, { cause: error });
}
