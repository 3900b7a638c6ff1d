import { Counter, Gauge, type Registry } from '@reelay/shared/observability';

/** What became of receipts and feedback, and what waits on disk. */
export function createReceiptMetrics(registry: Registry, spilledBytes: () => number) {
  const registers = [registry];
  return {
    rows: new Counter<'kind' | 'outcome'>({
      name: 'reelay_gateway_batch_rows_total',
      help: 'Receipts and feedback: confirmed by the queue, spilled to disk for later, or dropped.',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    replayed: new Counter<'kind'>({
      name: 'reelay_gateway_batches_replayed_total',
      help: 'Batches that were spilled and that the queue has confirmed since.',
      labelNames: ['kind'],
      registers,
    }),
    spilledBytes: new Gauge({
      name: 'reelay_gateway_spilled_bytes',
      help: 'Bytes of batches on disk that wait for the queue.',
      registers,
      collect() {
        this.set(spilledBytes());
      },
    }),
  };
}
export type ReceiptMetrics = ReturnType<typeof createReceiptMetrics>;
