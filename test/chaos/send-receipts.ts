import { ReceiptBatchWriter } from '@reelay/shared/contracts';
import type { BatchQueue } from '@reelay/shared/messaging';
import { systemClock } from '@reelay/shared/runtime';
import { aReceipt, aRequestId } from '@reelay/shared/testing';

const receiptsOfBatch = 20;
const everyMs = 50;
const againMs = 200;
/** As a gateway's spill: beyond it, sending waits. */
const inHandMax = 50;

/** Users that receipts are of. */
export const receiptUsers = Array.from({ length: 200 }, (_, place) => 500_000 + place);

/** Receipts through RabbitMQ for as long as the chaos goes on; a batch is sent until it is confirmed, under the same id. */
export class ReceiptSender {
  readonly #batches: Pick<BatchQueue, 'publish'>;
  readonly #inHand = new Set<Promise<void>>();
  /** Ids of the requests whose receipts were confirmed. */
  readonly confirmed: string[] = [];
  retries = 0;
  #made = 0;

  constructor(batches: Pick<BatchQueue, 'publish'>) {
    this.#batches = batches;
  }

  /** Batches without a confirmation. */
  get unconfirmed(): number {
    return this.#inHand.size;
  }

  /** Resolves after the signal, when all are confirmed. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#inHand.size < inHandMax) {
        const sending = this.#send().finally(() => this.#inHand.delete(sending));
        this.#inHand.add(sending);
      }
      await systemClock.sleep(everyMs, signal);
    }
    await Promise.all(this.#inHand);
  }

  async #send(): Promise<void> {
    const [timeMs, first] = [Date.now(), this.#made];
    this.#made += receiptsOfBatch;
    const numbers = Array.from({ length: receiptsOfBatch }, (_, place) => first + place);
    const batch = { id: `chaos-${first}`, body: encode(numbers, timeMs) };
    for (let sent = false; !sent;) {
      sent = await this.#batches.publish('receipts', batch).then(
        () => true,
        () => false,
      );
      if (!sent) {
        this.retries++;
        await systemClock.sleep(againMs);
      }
    }
    this.confirmed.push(...numbers.map((number) => aRequestId(number, timeMs)));
  }
}

function encode(numbers: number[], timeMs: number): Uint8Array {
  const writer = new ReceiptBatchWriter(timeMs);
  for (const number of numbers) {
    const requestId = aRequestId(number, timeMs);
    const receipt = aReceipt(number, { requestId, timeMs, userId: receiptUsers[number % receiptUsers.length] });
    writer.add(receipt, receipt.build.modelVersion, receipt.body);
  }
  return writer.seal([aReceipt(0).build]);
}
