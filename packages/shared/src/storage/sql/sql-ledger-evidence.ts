import { listHash } from '../../runtime/index.ts';
import type { EvidenceLedger, EvidencePage, SeenReceipt } from '../evidence-ledger.ts';
import { readListPage } from './evidence-lists.ts';
import { rowsOfLists } from './rows-in.ts';
import type { SqlDatabase, SqlSession } from './sql-database.ts';

/** So many lines may have wild times in the future. */
const wildLines = 20;
const linesBackAtOnce = 1_000;

export const createEvidenceLedger = (database: SqlDatabase): EvidenceLedger => ({
  async newestReceiptMs() {
    const [{ newest }] = await database.all<{ newest: number | null }>('select max(time_ms) as newest from receipts');
    return newest;
  },
  receiptsAfter: (range) => receiptsAfter(database, range),
  logTimeOf: (sinceMs) => logTimeOf(database, sinceMs),
  newestLogTime: () => newestLogTime(database),
  listsAfter: (window) => readListPage(database, window),
});

/** Ends with a whole millisecond, found in the index alone, so that nothing is sorted however much there is. */
async function receiptsAfter(
  session: SqlSession,
  { afterMs, untilMs, limit }: { afterMs: number; untilMs: number; limit: number },
): Promise<EvidencePage<SeenReceipt>> {
  const [end] = await session.all<{ timeMs: number }>(
    `select time_ms as timeMs from receipts where time_ms > ? and time_ms <= ? order by time_ms limit 1 offset ${limit - 1}`,
    [afterMs, untilMs],
  );
  const rows = await session.all<SeenReceipt>(
    `select r.user_id as userId, r.time_ms as timeMs, r.track, r.outcome, r.reason, r.work_ms as workMs,
      b.model_version as modelVersion from receipts r join receipt_builds b on b.build_id = r.build_id
      where r.time_ms > ? and r.time_ms <= ?`,
    [afterMs, end?.timeMs ?? untilMs],
  );
  const readTo = rows.reduce((last, { timeMs }) => Math.max(last, timeMs), afterMs);
  return { rows, readTo };
}

async function newestLogTime(session: SqlSession): Promise<number | null> {
  const lines = await session.all<{ time: number }>(
    `select time from recommendations order by time desc limit ${wildLines + 1}`,
  );
  return lines.at(-1)?.time ?? null;
}

async function logTimeOf(session: SqlSession, sinceMs: number): Promise<number> {
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const lines = await session.all<{ time: number; userId: number; status: number; result: string }>(
      `select time, user_id as userId, status, result from recommendations where time < ?
        order by time desc limit ${linesBackAtOnce}`,
      [before],
    );
    if (lines.length === 0) return 0;
    const answered = lines.filter(({ status }) => status === 200);
    const lists = answered.map(({ userId, result }) => ({ userId, listHash: listHash(userId, result) }));
    const since = { select: 'select r.user_id', rest: 'where r.time_ms >= ?', values: [sinceMs] };
    const found = await rowsOfLists(session, lists, since);
    if (answered.length > 0 && found.length === 0) return Math.max(...lines.map(({ time }) => time));
    before = Math.min(...lines.map(({ time }) => time));
  }
}
