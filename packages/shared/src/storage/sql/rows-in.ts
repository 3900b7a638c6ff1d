import type { SqlSession, SqlValue } from './sql-database.ts';

/** Of 200 and more MariaDB reads the whole table rather than look each up. */
const keysAtOnce = 100;

/**
 * Rows of `sql`, which ends in a column, for any of `keys`. Keys go in pieces of one size, the last one filled up with its own last
 * key, so that it is one statement to prepare.
 */
export async function rowsIn<Row>(
  session: SqlSession,
  sql: string,
  keys: SqlValue[],
  values: SqlValue[] = [],
): Promise<Row[]> {
  const whole = `${sql} in (${Array(keysAtOnce).fill('?').join(', ')})`;
  const rows: Row[] = [];
  for (let first = 0; first < keys.length; first += keysAtOnce) {
    const some = keys.slice(first, first + keysAtOnce);
    while (some.length < keysAtOnce) some.push(some[some.length - 1]);
    for (const row of await session.all<Row>(whole, [...values, ...some])) rows.push(row);
  }
  return rows;
}
