import type { IngestLedger } from '@reelay/shared/storage';

const noRows = { ratings: [], segments: [], recommendations: [], accounts: [], quarantine: [] };

/**
 * Puts the stored position of partitions that were never read on these offsets, so that ingest begins there; what stands before is
 * never read. Partitions that were read go on where they stand. Returns how many offsets were passed over.
 */
export async function startAt(ledger: IngestLedger, topic: string, offsets: Map<number, number>): Promise<number> {
  let passedOver = 0;
  for (const [partition, offset] of offsets) {
    const progress = await ledger.claim(topic, partition);
    if (progress.nextOffset > 0 || progress.counts.received > 0 || offset === 0) continue;
    const { streamId, incarnation, ownerEpoch } = progress;
    const place = { streamId, incarnation, ownerEpoch, expectedOffset: 0, nextOffset: offset, lastLineHash: null };
    await ledger.commitWindow({ ...place, received: 0, watchLines: 0, rows: noRows }, async () => []);
    passedOver += offset;
  }
  return passedOver;
}
