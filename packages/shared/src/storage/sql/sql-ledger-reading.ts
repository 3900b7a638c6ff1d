import type { QuarantineReason } from '../../contracts/index.ts';
import type { ReadingLedger } from '../ledger.ts';
import type { LineCounts, MovieRow, QuarantineRow, UserRow } from '../rows.ts';
import { progressRows } from './progress-rows.ts';
import { ratingRows, readInteractions } from './read-interactions.ts';
import type { SqlDatabase } from './sql-database.ts';
import { userRanges } from './user-ranges.ts';

const rowsAtOnce = 10_000;

export const createReadingLedger = (database: SqlDatabase): ReadingLedger => ({
  counts: () => counts(database),
  items: () => items(database),
  users: (onPage) => users(database, onPage),
  interactions: (onPage, options) => readInteractions(database, onPage, options?.userIds),
  async ratings(onPage) {
    for await (const { after, upTo } of userRanges(database, ['ratings'], rowsAtOnce)) {
      const rows = await ratingRows(database, 'user_id > ? and user_id <= ?', [after, upTo]);
      if (rows.length > 0) await onPage(rows);
    }
  },
  quarantined: (limit, reason) => quarantined(database, limit, reason),
});

async function counts(database: SqlDatabase): Promise<{ lines: LineCounts; ratings: number; watches: number }> {
  const [sums] = await database.all<LineCounts & { ratings: number; watches: number }>(
    `select coalesce(sum(received), 0) as received, coalesce(sum(accepted), 0) as accepted,
      coalesce(sum(repeated), 0) as repeated, coalesce(sum(quarantined), 0) as quarantined,
      coalesce(sum(ratings), 0) as ratings, coalesce(sum(watch_lines), 0) as watches from progress`,
  );
  const { received, accepted, repeated, quarantined, ratings, watches } = sums;
  return { lines: { received, accepted, repeated, quarantined }, ratings, watches };
}

interface StoredItem {
  itemId: number;
  id: string;
  title: string | null;
  year: number | null;
  genres: string | null;
  runtime: number | null;
  minAge: number | null;
}

async function items(database: SqlDatabase): Promise<{ itemId: number; movie: MovieRow }[]> {
  const rows = await database.all<StoredItem>(
    'select item_id as itemId, id, title, year, genres, runtime, min_age as minAge from items order by item_id',
  );
  return rows.map(({ itemId, id, title, year, genres, runtime, minAge }) => ({
    itemId,
    movie: {
      id,
      title: title ?? id,
      year,
      genres: JSON.parse(genres ?? '[]') as string[],
      runtime,
      ...(minAge !== null && { minAge }),
    },
  }));
}

async function users(database: SqlDatabase, onPage: (rows: UserRow[]) => void | Promise<void>): Promise<void> {
  for await (const { after, upTo } of userRanges(database, ['users'], rowsAtOnce)) {
    const rows = await database.all<UserRow>(
      `select user_id as userId, age, gender, occupation from users where user_id > ? and user_id <= ? order by user_id`,
      [after, upTo],
    );
    if (rows.length > 0) await onPage(rows);
  }
}

/** Newest positions of each stream, read backwards by its primary key. */
async function quarantined(
  database: SqlDatabase,
  limit: number,
  reason?: QuarantineReason,
): Promise<(QuarantineRow & { streamId: number })[]> {
  const found: (QuarantineRow & { streamId: number })[] = [];
  for (const { streamId } of await progressRows(database)) {
    const rows = await database.all<QuarantineRow>(
      `select line_offset as \`offset\`, reason, line from quarantine where stream_id = ? and redriven_at is null ${reason === undefined ? '' : 'and reason = ?'}
        order by incarnation desc, line_offset desc limit ${Math.max(0, Math.trunc(limit))}`,
      reason === undefined ? [streamId] : [streamId, reason],
    );
    found.push(...rows.map((row) => ({ streamId, ...row })));
  }
  return found.sort((a, b) => b.offset - a.offset).slice(0, limit);
}
