import type { FeedbackKind, Receipt } from '../contracts/index.ts';

/** A batch as it was published; the same id is the same batch, however often it comes. */
export interface ReceiptBatch {
  id: string;
  receipts: Receipt[];
}

/** One judgement of a user. Identity = (user, key). */
export interface FeedbackRow {
  userId: number;
  idempotencyKey: string;
  /** Dictionary integer. */
  itemId: number;
  kind: FeedbackKind;
  /** Watched; 0 for other kinds. */
  minutes: number;
  /** What liking or disliking counts for, on the scale of the ratings; 0 for other kinds. */
  rating: number;
  /** Milliseconds since 1970. */
  timeMs: number;
}

export interface AddedRows {
  accepted: number;
  /** Known already, by the identity of the row or of its whole batch. */
  repeated: number;
}

/** Who was answered by which model, and where that came from. */
export interface BuiltAnswer {
  userId: number;
  /** When it was answered, milliseconds since 1970. */
  answeredMs: number;
  modelVersion: string;
  /** Hash of the training data, and when it was read (ISO); null for models of earlier programs. */
  dataVersion: string;
  dataCreatedAt: string | null;
  /** When the model was ready, milliseconds since 1970. */
  trainedMs: number;
  /** On held-out ratings; null when there were none. */
  rmse: number | null;
}

/** What was answered, and what users said of it. */
export interface ReceiptLedger {
  /** All of it in one transaction; a batch and a request id each count once, the first wins. */
  addReceipts(batches: ReceiptBatch[]): Promise<AddedRows>;
  receipt(requestId: string): Promise<Receipt | null>;
  /** Answers of a user from `fromMs` up to, not including, `toMs`, oldest first. */
  receiptsOf(userId: number, fromMs: number, toMs: number, limit: number): Promise<Receipt[]>;
  /** Answers that a known model made, from `fromMs` up to, not including, `toMs`, oldest first. */
  builtAnswers(fromMs: number, toMs: number, limit: number): Promise<BuiltAnswer[]>;
  /** Takes away the receipts of the days before `day` (days since 1970), at most `limit` of them; returns how many. */
  dropReceipts(day: number, limit: number): Promise<number>;
  /** In one transaction; returns the rows that are new. They count for `interactions` from then on. */
  addFeedback(rows: FeedbackRow[]): Promise<FeedbackRow[]>;
}

const dayMs = 86_400_000;

/** Day of a request (since 1970, UTC): the time is in the first twelve hex digits of its id, a UUIDv7. */
export const dayOfRequest = (requestId: string): number =>
  Math.floor(Number.parseInt(requestId.slice(0, 8) + requestId.slice(9, 13), 16) / dayMs);
