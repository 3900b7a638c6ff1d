import { decodeReceiptBatch } from '@reelay/shared/contracts';
import type { Batch, BatchVerdict } from '@reelay/shared/messaging';
import type { Logger } from '@reelay/shared/observability';
import type { ReceiptLedger } from '@reelay/shared/storage';
import { countRows, type ReceiptMetrics } from './receipt-metrics.ts';
import { takeBatches } from './take-batches.ts';

export interface WriteReceiptsDeps {
  ledger: Pick<ReceiptLedger, 'addReceipts'>;
  metrics: ReceiptMetrics;
  log: Logger;
}

/** Batches of receipts into the ledger; a batch or a request that was there is counted as repeated. */
export const writeReceipts = (batches: Batch[], { ledger, metrics, log }: WriteReceiptsDeps): Promise<BatchVerdict[]> =>
  takeBatches(batches, {
    kind: 'receipts',
    read: ({ id, body }) => ({ id, receipts: decodeReceiptBatch(body) }),
    async write(read) {
      const { accepted, repeated } = await ledger.addReceipts(read);
      countRows(metrics, 'receipts', accepted, repeated);
    },
    metrics,
    log,
  });
