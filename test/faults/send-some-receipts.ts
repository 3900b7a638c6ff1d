import { ReceiptBatchWriter } from '@reelay/shared/contracts';
import type { BatchQueue } from '@reelay/shared/messaging';
import type { Ledger } from '@reelay/shared/storage';
import { aReceipt, aRequestId } from '@reelay/shared/testing';

const userId = 876_543;
const atOnce = 20;
let runs = 0;

/** Publishes receipts in batches of 20, each confirmed; `stored` counts those that the ledger has. */
export async function sendReceipts(batches: BatchQueue, first: number, count: number) {
  const timeMs = Date.now() + runs++ * 60_000;
  const build = aReceipt(0).build;
  for (let number = first; number < first + count; number += atOnce) {
    const writer = new ReceiptBatchWriter(timeMs);
    for (let one = number; one < number + atOnce; one++) {
      const receipt = aReceipt(one, { requestId: aRequestId(one, timeMs), timeMs, userId });
      writer.add(receipt, build.modelVersion, receipt.body);
    }
    await batches.publish('receipts', { id: `of-${timeMs}-${number}`, body: writer.seal([build]) });
  }
  return {
    stored: async (ledger: Pick<Ledger, 'receiptsOf'>) =>
      (await ledger.receiptsOf(userId, timeMs, timeMs + 1_000, 2 * count)).length,
  };
}
