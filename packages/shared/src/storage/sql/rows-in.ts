import type { SqlSession, SqlValue } from './sql-database.ts';

/** Of 200 and more MariaDB reads the whole table rather than look each up. */
const keysAtOnce = 100;

/** Rows of `sql`, which ends in a column, for any of `keys`. */
export function rowsIn<Row>(
  session: SqlSession,
  sql: string,
  keys: SqlValue[],
  values: SqlValue[] = [],
): Promise<Row[]> {
  const whole = `${sql} in (${Array(keysAtOnce).fill('?').join(', ')})`;
  return inPieces(keys, keys.at(-1) ?? null, (some) => session.all<Row>(whole, [...values, ...some]));
}

/** What a user was shown, as `listHash` names it. */
export interface UserList {
  userId: number;
  listHash: number;
}

const noList = { userId: null, listHash: null };

/**
 * Of the receipts `r` of these lists what `select` names, with more joins and conditions in `rest`. The lists come as a table to join, since what the
 * databases call a list of pairs differs.
 */
export function rowsOfLists<Row>(
  session: SqlSession,
  lists: UserList[],
  { select, rest, values = [] }: { select: string; rest: string; values?: SqlValue[] },
): Promise<Row[]> {
  const others = Array(keysAtOnce - 1).fill('union all select ?, ?');
  const wanted = `select ? as user_id, ? as list_hash ${others.join(' ')}`;
  const sql = `${select} from (${wanted}) w join receipts r on r.user_id = w.user_id and r.list_hash = w.list_hash ${rest}`;
  const distinct = new Map(lists.map((list) => [`${list.userId}/${list.listHash}`, list]));
  return inPieces([...distinct.values()], noList, (some) =>
    session.all<Row>(sql, [...some.flatMap(({ userId, listHash }) => [userId, listHash]), ...values]),
  );
}

/** Keys go in pieces of one size, the last one filled up with what adds no row, so that it is one statement to prepare. */
async function inPieces<Key, Filling, Row>(
  keys: Key[],
  filling: Filling,
  read: (some: (Key | Filling)[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let first = 0; first < keys.length; first += keysAtOnce) {
    const some: (Key | Filling)[] = keys.slice(first, first + keysAtOnce);
    while (some.length < keysAtOnce) some.push(filling);
    for (const row of await read(some)) rows.push(row);
  }
  return rows;
}
