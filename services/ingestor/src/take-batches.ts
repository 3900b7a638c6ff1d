import type { Batch, BatchKind, BatchVerdict } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import { isRetryable, messageOf } from '@reelay/shared/runtime';
import type { ReceiptMetrics } from './receipt-metrics.ts';

export interface TakeOptions<T> {
  kind: BatchKind;
  /** Throws for a batch that is none. */
  read(batch: Batch): T;
  /** All of it or nothing. */
  write(batches: T[]): Promise<void>;
  metrics: ReceiptMetrics;
  log: Logger;
}

/**
 * One transaction for all that has arrived. A batch that cannot be read is rejected and holds nobody up; when the tables refuse, each batch is tried
 * by itself, so that the one that is wrong is found. An outage throws, and the queue hands the same batches over again.
 */
export async function takeBatches<T>(batches: Batch[], options: TakeOptions<T>): Promise<BatchVerdict[]> {
  const verdicts = new Map<Batch, BatchVerdict>();
  const sound: { batch: Batch; content: T }[] = [];
  for (const batch of batches) {
    try {
      sound.push({ batch, content: options.read(batch) });
    } catch (error) {
      verdicts.set(batch, rejection(batch, error, options));
    }
  }
  try {
    if (sound.length > 0) await options.write(sound.map(({ content }) => content));
  } catch (error) {
    if (isRetryable(error)) {
      options.log.warn({ kind: options.kind, batches: batches.length, error: messageOf(error) }, 'batches wait');
      throw error;
    }
    for (const { batch, content } of sound) verdicts.set(batch, await writeAlone(batch, content, options));
  }
  return batches.map((batch) => verdicts.get(batch) ?? 'done');
}

async function writeAlone<T>(batch: Batch, content: T, options: TakeOptions<T>): Promise<BatchVerdict> {
  try {
    await options.write([content]);
    return 'done';
  } catch (error) {
    if (isRetryable(error)) throw error;
    return rejection(batch, error, options);
  }
}

function rejection<T>(batch: Batch, error: unknown, { kind, metrics, log }: TakeOptions<T>): BatchVerdict {
  metrics.rejected.inc({ kind });
  log.error({ kind, batch: batch.id, error: messageOf(error) }, 'batch rejected');
  return { reject: messageOf(error) };
}
