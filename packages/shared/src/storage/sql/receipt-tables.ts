import { createHash } from 'node:crypto';
import type { Receipt, ReceiptBuild } from '../../contracts/index.ts';
import { dayOfRequest, type FeedbackRow } from '../receipt-ledger.ts';
import type { RowTable } from './sql-database.ts';

const receiptColumns = [
  'day',
  'request_id',
  'user_id',
  'time_ms',
  'track',
  'outcome',
  'rung',
  'reason',
  'latency_ms',
  'build_id',
  'shown',
  'repeats',
  'history_items',
  'history_version',
  'body',
  'list_hash',
  'work_ms',
] as const;

/** `buildIdOf` is asked once a row; rows of a batch share few builds. */
export const receiptTable = (buildIdOf: (build: ReceiptBuild) => number): RowTable<Receipt> => ({
  name: 'receipts',
  columns: receiptColumns,
  keyLength: 2,
  values: (row) => [
    dayOfRequest(row.requestId),
    row.requestId,
    row.userId,
    row.timeMs,
    row.track,
    row.outcome,
    row.rung,
    row.reason,
    row.latencyMs,
    buildIdOf(row.build),
    row.shown,
    row.repeats,
    row.history?.items ?? null,
    row.history?.version ?? null,
    Buffer.from(row.body.buffer, row.body.byteOffset, row.body.byteLength),
    row.listHash,
    row.workMs,
  ],
});

export interface BuildRow {
  buildId: number;
  build: ReceiptBuild;
}

export const buildTable: RowTable<BuildRow> = {
  name: 'receipt_builds',
  columns: ['build_id', 'model_version', 'data_version', 'git_commit'],
  keyLength: 1,
  values: ({ buildId, build }) => [buildId, build.modelVersion, build.dataVersion, build.commit],
};

/** The first 48 bits of a hash of what it names: every writer finds the same one, without asking. */
export function buildIdOf({ modelVersion, dataVersion, commit }: ReceiptBuild): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([modelVersion, dataVersion, commit]))
    .digest();
  return hash.readUIntBE(0, 6);
}

export interface BatchRow {
  batchId: string;
  day: number;
  accepted: number;
  repeated: number;
}

export const batchTable: RowTable<BatchRow> = {
  name: 'receipt_batches',
  columns: ['batch_id', 'day', 'accepted', 'repeated'],
  keyLength: 1,
  values: (row) => [row.batchId, row.day, row.accepted, row.repeated],
};

export const feedbackTable: RowTable<FeedbackRow> = {
  name: 'feedback',
  columns: ['user_id', 'idempotency_key', 'item_id', 'kind', 'minutes', 'rating', 'time_ms'],
  keyLength: 2,
  values: (row) => [row.userId, row.idempotencyKey, row.itemId, row.kind, row.minutes, row.rating, row.timeMs],
};

export interface StoredReceipt extends Omit<Receipt, 'build' | 'history' | 'body'> {
  historyItems: number | null;
  historyVersion: number | null;
  modelVersion: string | null;
  dataVersion: string;
  commitId: string;
  body: Uint8Array;
}

/** Every column of a receipt with its build. */
export const selectReceipts = `select r.request_id as requestId, r.user_id as userId, r.time_ms as timeMs, r.track, r.outcome,
  r.rung, r.reason, r.latency_ms as latencyMs, r.shown, r.repeats, r.history_items as historyItems,
  r.history_version as historyVersion, r.body, r.list_hash as listHash, r.work_ms as workMs,
  b.model_version as modelVersion, b.data_version as dataVersion,
  b.git_commit as commitId from receipts r join receipt_builds b on b.build_id = r.build_id`;

export function receiptOf(stored: StoredReceipt): Receipt {
  const { historyItems, historyVersion, modelVersion, dataVersion, commitId, body, ...head } = stored;
  return {
    ...head,
    history: historyItems === null ? null : { items: historyItems, version: historyVersion ?? 0 },
    build: { modelVersion, dataVersion, commit: commitId },
    body: new Uint8Array(body),
  };
}
