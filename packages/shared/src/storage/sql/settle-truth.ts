import type { SettledAnswers } from '../truth-ledger.ts';
import { lockCounter } from './counters.ts';
import { learnItems } from './item-numbers.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';
import { linesBack, outcomeTable, type TruthLine } from './truth-lines.ts';
import { linkReceipts } from './truth-receipts.ts';
import { readListUse } from './truth-watching.ts';

const linesAtOnce = 1_000;
/** So many lines may have wild times in the future without the rest being taken for settled. */
const wildLines = 100;
/** Lines of several partitions do not come in order of time. */
const lateSeconds = 3_600;

/** What is carried from page to page. */
interface Walk {
  from: number;
  last: TruthLine | undefined;
  /** When the line before was answered. */
  nearMs: number | undefined;
  counted: Set<string>;
  itemOf: Map<string, number>;
}

/** See `TruthLedger.settleAnswers`. From the newest line back to the first whose window is open, a page in a transaction. */
export async function settleAnswers(database: SqlDatabase, windowSeconds: number): Promise<SettledAnswers> {
  const next = await settledUpTo(database, windowSeconds);
  const [{ last: from }] = await database.all<{ last: number }>(
    "select last from counters where name = 'outcomes_from'",
  );
  const walk: Walk = { from, last: undefined, nearMs: undefined, counted: new Set(), itemOf: new Map() };
  const settled = { lines: 0, linked: 0 };
  for (;;) {
    const page = await settlePage(database, walk, windowSeconds);
    if (page.length === 0) break;
    walk.last = page.at(-1);
    settled.lines += page.length;
    settled.linked += page.filter(({ receipt }) => receipt !== undefined).length;
  }
  await database.run("update counters set last = ? where name = 'outcomes_from' and last < ?", [next, next]);
  return settled;
}

/** A transaction that is done again after a deadlock must find the walk as it was, so it moves on at the end. */
async function settlePage(database: SqlDatabase, walk: Walk, windowSeconds: number): Promise<TruthLine[]> {
  const { page, nearMs, counted } = await database.transaction(async (session) => {
    // One writer at a time: a receipt belongs to one line.
    await lockCounter(session, 'outcomes_from');
    const lines = await linesBack(session, { from: walk.from, last: walk.last, limit: linesAtOnce });
    if (lines.length === 0) return { page: lines, nearMs: walk.nearMs, counted: [] };
    const newestFirst = lines.toSorted((a, b) => b.time - a.time || b.millisecond - a.millisecond);
    const near = await linkReceipts(session, newestFirst, walk.nearMs);
    await learnItems(session, lines, walk.itemOf);
    const use = await readListUse(session, newestFirst, { windowSeconds, itemOf: walk.itemOf, counted: walk.counted });
    const rows = newestFirst.map((line, place) => ({ ...line, ...use.uses[place] }));
    await session.upsert(outcomeTable, rows);
    return { page: lines, nearMs: near, counted: use.counted };
  });
  walk.nearMs = nearMs;
  for (const key of counted) walk.counted.add(key);
  return page;
}

/** Second of the log before which no window is open. */
async function settledUpTo(session: SqlSession, windowSeconds: number): Promise<number> {
  const [newest] = await session.all<{ time: number }>(
    `select time from recommendations order by time desc limit 1 offset ${wildLines}`,
  );
  return Math.max(0, (newest?.time ?? 0) - windowSeconds - lateSeconds);
}
