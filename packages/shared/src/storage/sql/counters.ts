import type { SqlSession } from './sql-database.ts';

export type CounterName = 'item' | 'stream' | 'version' | 'redrive' | 'outcomes_from';

/** Locks the counter until the end of the transaction; callers of the same counter go on one after another. */
export async function lockCounter(session: SqlSession, name: CounterName): Promise<number> {
  await session.run('update counters set last = last where name = ?', [name]);
  const [row] = await session.all<{ last: number }>('select last from counters where name = ?', [name]);
  return row.last;
}

/** Takes the next `count` numbers of the counter, for ever once the transaction commits; returns the first. */
export async function takeNumbers(session: SqlSession, name: CounterName, count: number): Promise<number> {
  await session.run('update counters set last = last + ? where name = ?', [count, name]);
  return (await lockCounter(session, name)) - count + 1;
}
