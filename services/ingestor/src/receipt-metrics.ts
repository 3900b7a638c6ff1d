import type { BatchKind } from '@reelay/shared/messaging';
import { Counter, type Registry } from '@reelay/shared/observability';

/** What came of the batches of the gateways. */
export const createReceiptMetrics = (registry: Registry) => ({
  rows: new Counter<'kind' | 'outcome'>({
    name: 'reelay_ingest_batch_rows_total',
    help: 'Receipts and feedback by what became of them: accepted, or repeated.',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  }),
  rejected: new Counter<'kind'>({
    name: 'reelay_ingest_batches_rejected_total',
    help: 'Batches that could not be read, or that the tables cannot hold; they are kept apart in the queue.',
    labelNames: ['kind'],
    registers: [registry],
  }),
});
export type ReceiptMetrics = ReturnType<typeof createReceiptMetrics>;

export function countRows(metrics: ReceiptMetrics, kind: BatchKind, accepted: number, repeated: number): void {
  metrics.rows.inc({ kind, outcome: 'accepted' }, accepted);
  metrics.rows.inc({ kind, outcome: 'repeated' }, repeated);
}
