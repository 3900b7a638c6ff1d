import { decodeReceiptBody, type Track } from '../../contracts/index.ts';
import { listHash } from '../../runtime/index.ts';
import type { EvidencePage, ListWindow, SeenList } from '../evidence-ledger.ts';
import { learnItems } from './item-numbers.ts';
import { rowsOfLists } from './rows-in.ts';
import type { SqlSession } from './sql-database.ts';
import { givenRatings, watchedRuns } from './truth-watching.ts';

interface ShownLine {
  time: number;
  userId: number;
  itemIds: string[];
  listHash: number;
}

interface ListReceipt {
  userId: number;
  listHash: number;
  track: Track;
  body?: Uint8Array;
}

/** See `EvidenceLedger.listsAfter`. Lines are found by time, receipts by list, watching and ratings by user. */
export async function readListPage(session: SqlSession, window: ListWindow): Promise<EvidencePage<SeenList>> {
  const { lines, readTo } = await shownLines(session, window);
  const receipts = byList(await receiptsOfLines(session, lines, window.sinceMs));
  const linked = lines.filter((line) => receipts.has(keyOf(line)));
  const use = await usesOf(session, linked, window.windowSeconds);
  const rated = linked.filter((_, place) => use[place].ratings.length > 0);
  const bodies = byList(await receiptsOfLines(session, rated, window.sinceMs, ', r.body'));
  const rows = linked.map((line, place) => {
    const { watched, ratings } = use[place];
    const expected = ratings.length > 0 ? foretoldBy(bodies.get(keyOf(line))?.body) : [];
    return {
      userId: line.userId,
      track: receipts.get(keyOf(line))!.track,
      watched,
      ratings: ratings.map(({ rating, at }) => ({ rating, foretold: expected[at] ?? null })),
    };
  });
  return { rows, readTo };
}

/** A user's equal lists are one: same track, same items, same expectations. */
const keyOf = ({ userId, listHash: hash }: { userId: number; listHash: number }): string => `${userId}/${hash}`;
const byList = (receipts: ListReceipt[]): Map<string, ListReceipt> => new Map(receipts.map((one) => [keyOf(one), one]));

async function shownLines(
  session: SqlSession,
  { after, until, limit }: ListWindow,
): Promise<{ lines: ShownLine[]; readTo: number }> {
  const [end] = await session.all<{ time: number }>(
    `select time from recommendations where time > ? and time <= ? order by time limit 1 offset ${limit - 1}`,
    [after, until],
  );
  const stored = await session.all<{ time: number; userId: number; status: number; result: string }>(
    'select time, user_id as userId, status, result from recommendations where time > ? and time <= ?',
    [after, end?.time ?? until],
  );
  const lines = stored
    .filter(({ status }) => status === 200)
    .map(({ time, userId, result }) => ({
      time,
      userId,
      itemIds: result.split(','),
      listHash: listHash(userId, result),
    }));
  return { lines, readTo: end?.time ?? Math.max(after, until) };
}

function receiptsOfLines(
  session: SqlSession,
  lines: ShownLine[],
  sinceMs: number,
  more: '' | ', r.body' = '',
): Promise<ListReceipt[]> {
  const select = `select r.user_id as userId, r.list_hash as listHash, r.track${more}`;
  return rowsOfLists(session, lines, { select, rest: 'where r.time_ms >= ?', values: [sinceMs] });
}

interface Use {
  watched: boolean;
  /** `at`: place on the list. */
  ratings: { rating: number; at: number }[];
}

async function usesOf(session: SqlSession, lines: ShownLine[], windowSeconds: number): Promise<Use[]> {
  if (lines.length === 0) return [];
  const itemOf = new Map<string, number>();
  await learnItems(session, lines, itemOf);
  const users = [...new Set(lines.map(({ userId }) => userId))];
  const times = lines.map(({ time }) => time);
  const [from, to] = [Math.min(...times), Math.max(...times) + windowSeconds];
  const runs = Map.groupBy(await watchedRuns(session, users, from, to), ({ userId }) => userId);
  const ratings = Map.groupBy(await givenRatings(session, users, from, to), ({ userId }) => userId);
  return lines.map(({ time, userId, itemIds }) => {
    const places = new Map(itemIds.map((id, at) => [itemOf.get(id), at]));
    const isOurs = (one: { itemId: number; time: number }): boolean =>
      places.has(one.itemId) && one.time >= time && one.time < time + windowSeconds;
    const given = (ratings.get(userId) ?? []).filter(isOurs);
    return {
      watched: (runs.get(userId) ?? []).some(isOurs),
      ratings: given.map(({ rating, itemId }) => ({ rating, at: places.get(itemId)! })),
    };
  });
}

/** By place on the list; nothing for lists that no model rated, and for bytes that nobody can read any more. */
function foretoldBy(body: Uint8Array | undefined): (number | undefined)[] {
  try {
    const list = body && decodeReceiptBody(new Uint8Array(body)).list;
    return list?.form === 'indices' ? list.items.map(({ foretold }) => foretold) : [];
  } catch {
    return [];
  }
}
