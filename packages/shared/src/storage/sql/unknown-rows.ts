import { keyOf, type RowTable, type SqlSession } from './sql-database.ts';

/** Without those whose identity is in the table, or stands earlier in the list. */
export async function unknownRows<Row>(session: SqlSession, table: RowTable<Row>, rows: Row[]): Promise<Row[]> {
  const byIdentity = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(table, row);
    if (!byIdentity.has(key)) byIdentity.set(key, row);
  }
  const distinct = [...byIdentity.values()];
  const known = await session.present(table, distinct);
  return distinct.filter((_, place) => !known[place]);
}
