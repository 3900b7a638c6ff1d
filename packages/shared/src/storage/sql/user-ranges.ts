import type { SqlSession } from './sql-database.ts';

/** Users above `after`, up to and including `upTo`. */
export interface UserRange {
  after: number;
  upTo: number;
}

/**
 * Cuts the users of the given tables into ranges of about `rowsMax` rows in each table; a user is never cut. Reading range by
 * range needs no memory for the whole and no cursor; the boundary costs a walk over an index.
 */
export async function* userRanges(session: SqlSession, tables: string[], rowsMax: number): AsyncGenerator<UserRange> {
  for (let after = -1; after < Number.MAX_SAFE_INTEGER;) {
    const bounds = await Promise.all(tables.map((table) => boundary(session, table, after, rowsMax)));
    const upTo = Math.min(...bounds);
    yield { after, upTo };
    after = upTo;
  }
}

async function boundary(session: SqlSession, table: string, after: number, rowsMax: number): Promise<number> {
  const sql = `select user_id as userId from ${table} where user_id > ? order by user_id limit 1 offset ${rowsMax}`;
  return (await session.all<{ userId: number }>(sql, [after]))[0]?.userId ?? Number.MAX_SAFE_INTEGER;
}
