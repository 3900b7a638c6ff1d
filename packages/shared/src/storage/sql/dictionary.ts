import { AppError } from '../../runtime/index.ts';
import { lockCounter } from './counters.ts';
import type { RowTable, SqlDatabase, SqlSession } from './sql-database.ts';

const idLengthMax = 200;
const idsAtOnce = 500;

interface DictionaryRow {
  itemId: number;
  id: string;
}

const dictionaryTable: RowTable<DictionaryRow> = {
  name: 'items',
  columns: ['item_id', 'id'],
  keyLength: 1,
  values: (row) => [row.itemId, row.id],
};

/** See `IngestLedger.itemIds`. Known ids need no lock. `DATA_INVALID` for an id that the tables cannot hold exactly. */
export async function itemIds(database: SqlDatabase, ids: string[]): Promise<Map<string, number>> {
  const distinct = [...new Set(ids)];
  distinct.forEach(checkId);
  const known = await lookUp(database, distinct);
  const unknown = distinct.filter((id) => !known.has(id));
  if (unknown.length === 0) return known;
  const added = await database.transaction((session) => addItems(session, unknown));
  return new Map([...known, ...added]);
}

/** Under the counter's lock, since another caller may have added some of them a moment ago. */
async function addItems(session: SqlSession, ids: string[]): Promise<Map<string, number>> {
  const last = await lockCounter(session, 'item');
  const found = await lookUp(session, ids);
  const rows = ids.filter((id) => !found.has(id)).map((id, place) => ({ itemId: last + 1 + place, id }));
  await session.insert(dictionaryTable, rows);
  await session.run('update counters set last = ? where name = ?', [last + rows.length, 'item']);
  for (const { id, itemId } of rows) found.set(id, itemId);
  return found;
}

async function lookUp(session: SqlSession, ids: string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let start = 0; start < ids.length; start += idsAtOnce) {
    const some = ids.slice(start, start + idsAtOnce);
    const sql = `select item_id as itemId, id from items where id in (${some.map(() => '?').join(', ')})`;
    for (const row of await session.all<DictionaryRow>(sql, some)) found.set(row.id, row.itemId);
  }
  return found;
}

/** MySQL compares text as if spaces at its end were not there. */
function checkId(id: string): void {
  if (id.length >= 1 && id.length <= idLengthMax && !id.endsWith(' ')) return;
  throw new AppError('DATA_INVALID', `item id of ${id.length} characters: 1 to ${idLengthMax}, not ending in a space`);
}
