import { feedbackBatch, type Feedback, type HistoryEvent } from '@reelay/shared/contracts';
import type { Batch, BatchVerdict } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { FeedbackRow, IngestLedger, ReceiptLedger } from '@reelay/shared/storage';
import type { HistoryMerger } from './merge-histories.ts';
import { countRows, type ReceiptMetrics } from './receipt-metrics.ts';
import { takeBatches } from './take-batches.ts';

export interface WriteFeedbackDeps {
  ledger: Pick<ReceiptLedger, 'addFeedback'> & Pick<IngestLedger, 'itemIds'>;
  merger: Pick<HistoryMerger, 'add' | 'push' | 'miss'>;
  /** Top of the rating scale: what liking counts for. */
  ratingMax: number;
  metrics: ReceiptMetrics;
  log: Logger;
}

/**
 * Batches of feedback into the ledger, and from there into the histories: the next list knows of it.
 *
 * | kind     | counts as                               |
 * | -------- | --------------------------------------- |
 * | watched  | that many minutes of the item           |
 * | liked    | a rating at the top of the scale        |
 * | disliked | a rating of 1                           |
 * | ignored  | nothing: it is kept, and is no evidence |
 */
export const writeFeedback = (batches: Batch[], deps: WriteFeedbackDeps): Promise<BatchVerdict[]> =>
  takeBatches(batches, {
    kind: 'feedback',
    read: ({ body }) => feedbackBatch.parse(JSON.parse(new TextDecoder().decode(body))),
    write: (read) => write(read.flat(), deps),
    metrics: deps.metrics,
    log: deps.log,
  });

async function write(feedback: Feedback[], deps: WriteFeedbackDeps): Promise<void> {
  const { ledger, merger, metrics, ratingMax } = deps;
  const items = await ledger.itemIds(feedback.map(({ itemId }) => itemId));
  const rows = feedback.map((one) => rowOf(one, items.get(one.itemId) ?? 0, ratingMax));
  const added = await ledger.addFeedback(rows);
  countRows(metrics, 'feedback', added.length, rows.length - added.length);
  for (const event of added.map(historyEventOf)) if (event) merger.add(event);
  // Rows that were there may come of a crash before this step; the ledger knows what they really said.
  const known = rows.filter((row) => !added.includes(row));
  if (known.length > 0) merger.miss(known.map(({ userId }) => userId));
  await merger.push();
}

const rowOf = (
  { userId, idempotencyKey, kind, minutes, timeMs }: Feedback,
  itemId: number,
  ratingMax: number,
): FeedbackRow => ({
  userId,
  idempotencyKey,
  itemId,
  kind,
  minutes: minutes ?? 0,
  rating: kind === 'liked' ? ratingMax : kind === 'disliked' ? 1 : 0,
  timeMs,
});

function historyEventOf({ userId, itemId, minutes, rating, timeMs }: FeedbackRow): HistoryEvent | undefined {
  if (minutes === 0 && rating === 0) return undefined;
  const time = Math.floor(timeMs / 1_000);
  return { userId, itemId, minutes, rating, ratedAt: rating > 0 ? time : 0, time };
}
