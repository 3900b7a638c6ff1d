import { ReceiptBatchWriter, type Plan } from '@reelay/shared/contracts';
import type { Clock } from '@reelay/shared/runtime';
import { v7 as uuidv7 } from 'uuid';
import type { Reply } from './answer-request.ts';
import { receiptOf } from './make-receipt.ts';
import type { BatchSender } from './send-batches.ts';
import type { DataVersions } from './data-versions.ts';

const receiptsMax = 200;
const gatherMs = 100;

export interface ReceiptGatherer {
  /** Never waits and never throws: the answer is on its way. */
  add(reply: Reply, latencyMs: number): void;
  /** Sends what is gathered; resolves when all that was sent is safe, or dropped. */
  close(): Promise<void>;
}

export interface GatherDeps {
  sender: BatchSender;
  dataVersions: DataVersions;
  plan: () => Plan;
  /** Of this gateway. */
  commit: string;
  clock: Clock;
}

/** Up to 200 receipts, or those of 100 ms, go as one batch: a broker's cost is a message, not a byte. */
export function createReceiptGatherer(deps: GatherDeps): ReceiptGatherer {
  const { clock, plan } = deps;
  const sending = new Set<Promise<unknown>>();
  let writer: ReceiptBatchWriter | undefined;
  let cancel = (): void => {};

  const seal = (): void => {
    cancel();
    if (writer === undefined) return;
    const sent = send(writer, deps).finally(() => sending.delete(sent));
    sending.add(sent);
    writer = undefined;
  };

  return {
    add(reply, latencyMs) {
      const now = clock.now();
      if (writer === undefined) {
        writer = new ReceiptBatchWriter(now);
        cancel = clock.after(gatherMs, seal);
      }
      const { head, modelVersion, body } = receiptOf(reply, { timeMs: now, latencyMs, plan: plan() });
      writer.add(head, modelVersion, body);
      if (writer.count >= receiptsMax) seal();
    },
    async close() {
      seal();
      await Promise.all(sending);
    },
  };
}

async function send(writer: ReceiptBatchWriter, { sender, dataVersions, commit }: GatherDeps): Promise<void> {
  const builds = writer.versions.map(async (modelVersion) => ({
    modelVersion,
    dataVersion: await dataVersions.of(modelVersion),
    commit,
  }));
  await sender.send('receipts', { id: uuidv7(), body: writer.seal(await Promise.all(builds)) }, writer.count);
}
