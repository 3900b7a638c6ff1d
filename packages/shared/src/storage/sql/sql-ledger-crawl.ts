import type { CrawlLedger } from '../ledger.ts';
import type { DetailKind } from '../rows.ts';
import type { RowTable, SqlDatabase, SqlValue } from './sql-database.ts';

const idsAtOnce = 500;

interface UnknownRow {
  kind: DetailKind;
  id: string;
  askedAt: number;
}

const unknownTable: RowTable<UnknownRow> = {
  name: 'unknown_details',
  columns: ['kind', 'id', 'asked_at'],
  keyLength: 2,
  values: (row) => [row.kind, row.id, row.askedAt],
};

const knownIds: Record<DetailKind, (marks: string) => string> = {
  user: (marks) => `select user_id as id from users where user_id in (${marks})`,
  movie: (marks) => `select id from items where title is not null and id in (${marks})`,
};

export const createCrawlLedger = (database: SqlDatabase): CrawlLedger => ({
  async holdCrawl(kind, holder, now, until) {
    const changed = await database.run(
      'update detail_crawls set holder = ?, held_until = ? where kind = ? and (holder = ? or held_until <= ?)',
      [holder, until, kind, holder, now],
    );
    return changed === 1;
  },
  async crawlPosition(kind) {
    const [row] = await database.all<{ nextId: number }>('select next_id as nextId from detail_crawls where kind = ?', [
      kind,
    ]);
    return row.nextId;
  },
  async moveCrawl(kind, holder, next) {
    const changed = await database.run(
      'update detail_crawls set next_id = ? where kind = ? and holder = ? and next_id <= ?',
      [next, kind, holder, next],
    );
    return changed === 1;
  },
  missingDetails: (kind, ids, askedSince) => missingDetails(database, kind, ids, askedSince),
  itemsFrom: (itemId, limit) =>
    database.all<{ itemId: number; id: string }>(
      `select item_id as itemId, id from items where item_id >= ? order by item_id limit ${Math.trunc(limit)}`,
      [itemId],
    ),
  async markUnknown(kind, ids, askedAt) {
    const rows = [...new Set(ids)].map((id) => ({ kind, id, askedAt }));
    if (rows.length > 0) await database.upsert(unknownTable, rows);
  },
});

async function missingDetails(
  database: SqlDatabase,
  kind: DetailKind,
  ids: string[],
  askedSince: number,
): Promise<string[]> {
  const settled = new Set<string>();
  const distinct = [...new Set(ids)];
  for (let start = 0; start < distinct.length; start += idsAtOnce) {
    const some = distinct.slice(start, start + idsAtOnce);
    const marks = some.map(() => '?').join(', ');
    const keys: SqlValue[] = kind === 'user' ? some.map(Number) : some;
    const known = await database.all<{ id: number | string }>(knownIds[kind](marks), keys);
    const marked = await database.all<{ id: string }>(
      `select id from unknown_details where kind = ? and asked_at >= ? and id in (${marks})`,
      [kind, askedSince, ...some],
    );
    for (const { id } of [...known, ...marked]) settled.add(String(id));
  }
  return distinct.filter((id) => !settled.has(id));
}
