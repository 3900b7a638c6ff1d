import { rowsIn } from './rows-in.ts';
import type { SqlSession } from './sql-database.ts';

/** An id that nobody watched or rated has no number; asked for once. */
const unknownItem = 0;

/** Looks up the dictionary integers of the lists' ids that `itemOf` does not have yet. */
export async function learnItems(
  session: SqlSession,
  lines: readonly { itemIds: string[] }[],
  itemOf: Map<string, number>,
): Promise<void> {
  const ids = new Set(lines.flatMap(({ itemIds }) => itemIds.filter((id) => !itemOf.has(id))));
  const sql = 'select id, item_id as itemId from items where id';
  const found = await rowsIn<{ id: string; itemId: number }>(session, sql, [...ids]);
  for (const id of ids) itemOf.set(id, unknownItem);
  for (const { id, itemId } of found) itemOf.set(id, itemId);
}
