import type { Receipt, ReceiptBuild } from '../../contracts/index.ts';
import {
  dayOfRequest,
  type AddedRows,
  type BuiltAnswer,
  type FeedbackRow,
  type ReceiptBatch,
  type ReceiptLedger,
} from '../receipt-ledger.ts';
import {
  batchTable,
  buildIdOf,
  buildTable,
  feedbackTable,
  receiptOf,
  receiptTable,
  selectReceipts,
  type BatchRow,
  type StoredReceipt,
} from './receipt-tables.ts';
import { UniqueViolation, type RowTable, type SqlDatabase, type SqlSession } from './sql-database.ts';
import { unknownRows } from './unknown-rows.ts';

const attemptsMax = 5;

export const createReceiptLedger = (database: SqlDatabase): ReceiptLedger => ({
  addReceipts: (batches) =>
    tryAgain((attempt) => database.transaction((session) => addReceipts(session, batches, attempt > 1))),
  async receipt(requestId) {
    const sql = `${selectReceipts} where r.day = ? and r.request_id = ?`;
    const [stored] = await database.all<StoredReceipt>(sql, [dayOfRequest(requestId), requestId]);
    return stored === undefined ? null : receiptOf(stored);
  },
  async receiptsOf(userId, fromMs, toMs, limit) {
    const rows = await database.all<StoredReceipt>(
      `${selectReceipts} where r.user_id = ? and r.time_ms >= ? and r.time_ms < ?
        order by r.time_ms, r.request_id limit ${Math.max(0, Math.trunc(limit))}`,
      [userId, fromMs, toMs],
    );
    return rows.map(receiptOf);
  },
  builtAnswers: (fromMs, toMs, limit) => builtAnswers(database, { fromMs, toMs, limit }),
  dropReceipts: (day, limit) => database.transaction((session) => dropReceipts(session, day, limit)),
  addFeedback: (rows) => tryAgain(() => database.transaction((session) => addFeedback(session, rows))),
});

/** Two writers may bring the same batch at once; then the database refuses one of them, and trying again finds the rows there. */
async function tryAgain<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!(error instanceof UniqueViolation) || attempt === attemptsMax) throw error;
    }
  }
}

/**
 * A request id that comes in two batches is so rare that rows are looked for only after the database refused one: asking for each beforehand takes
 * a tenth of the time.
 */
async function addReceipts(session: SqlSession, batches: ReceiptBatch[], mayBeThere: boolean): Promise<AddedRows> {
  const table = receiptTable(await knownBuilds(session, batches));
  const total = batches.reduce((sum, { receipts }) => sum + receipts.length, 0);
  const fresh = await unknownBatches(session, batches);
  const offered = fresh.flatMap(({ receipts }) => receipts);
  const rows = mayBeThere ? await unknownRows(session, table, offered) : offered;
  const added = new Set(rows);
  await session.insert(table, rows);
  await session.insert(
    batchTable,
    fresh.map((batch) => batchRow(batch, added)),
  );
  return { accepted: rows.length, repeated: total - rows.length };
}

/** Writes the builds that are new; returns the number of each. */
async function knownBuilds(session: SqlSession, batches: ReceiptBatch[]): Promise<(build: ReceiptBuild) => number> {
  // Receipts of a batch share the object of their build.
  const numbers = new Map<ReceiptBuild, number>();
  for (const { receipts } of batches) {
    for (const { build } of receipts) if (!numbers.has(build)) numbers.set(build, buildIdOf(build));
  }
  const rows = [...numbers].map(([build, buildId]) => ({ buildId, build }));
  await session.insert(buildTable, await unknownRows(session, buildTable, rows));
  return (build) => numbers.get(build) ?? buildIdOf(build);
}

async function unknownBatches(session: SqlSession, batches: ReceiptBatch[]): Promise<ReceiptBatch[]> {
  const rows = batches.map((batch) => ({ ...batchRow(batch, new Set()), batch }));
  return (await unknownRows(session, batchTable as RowTable<BatchRow & { batch: ReceiptBatch }>, rows)).map(
    ({ batch }) => batch,
  );
}

const batchRow = ({ id, receipts }: ReceiptBatch, added: Set<Receipt>): BatchRow => {
  const accepted = receipts.filter((receipt) => added.has(receipt)).length;
  const day = receipts.length > 0 ? dayOfRequest(receipts[0].requestId) : 0;
  return { batchId: id, day, accepted, repeated: receipts.length - accepted };
};

async function addFeedback(session: SqlSession, rows: FeedbackRow[]): Promise<FeedbackRow[]> {
  const added = await unknownRows(session, feedbackTable, rows);
  await session.insert(feedbackTable, added);
  return added;
}

/** From the start of the primary key on, in small transactions. Batches go with the last receipt of their day. */
async function dropReceipts(session: SqlSession, day: number, limit: number): Promise<number> {
  const found = await session.all<{ day: number; requestId: string }>(
    `select day, request_id as requestId from receipts where day < ? order by day, request_id limit ${Math.max(0, Math.trunc(limit))}`,
    [day],
  );
  const last = found.at(-1);
  if (last === undefined) {
    await session.run('delete from receipt_batches where day < ?', [day]);
    return 0;
  }
  return session.run('delete from receipts where day < ? or (day = ? and request_id <= ?)', [
    last.day,
    last.day,
    last.requestId,
  ]);
}

/** Manifests are read here and not in SQL, where a value that is null differs by database. */
async function builtAnswers(
  session: SqlSession,
  { fromMs, toMs, limit }: { fromMs: number; toMs: number; limit: number },
): Promise<BuiltAnswer[]> {
  const rows = await session.all<BuiltAnswer & { manifest: string }>(
    `select r.user_id as userId, r.time_ms as answeredMs, b.model_version as modelVersion, b.data_version as dataVersion,
      v.created_at as trainedMs, v.manifest from receipts r
      join receipt_builds b on b.build_id = r.build_id join versions v on v.id = b.model_version
      where r.time_ms >= ? and r.time_ms < ? order by r.time_ms, r.request_id limit ${Math.max(0, Math.trunc(limit))}`,
    [fromMs, toMs],
  );
  return rows.map(({ manifest, ...row }) => ({ ...row, ...ofManifest(manifest) }));
}

function ofManifest(text: string): Pick<BuiltAnswer, 'dataCreatedAt' | 'rmse'> {
  const { dataCreatedAt, metrics } = JSON.parse(text) as { dataCreatedAt?: string; metrics?: { rmse?: number | null } };
  return { dataCreatedAt: dataCreatedAt ?? null, rmse: metrics?.rmse ?? null };
}
