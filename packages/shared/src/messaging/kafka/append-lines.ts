import type { Producer } from 'kafkajs';
import { AppError, backoffMs, messageOf, systemClock } from '../../runtime/index.ts';

const linesAtOnce = 1_000;
const bytesAtOnce = 512 * 1024;
/** Kafka is down when it took none of our attempts for so long. */
const appendMsMax = 10_000;
const retryPause = { firstMs: 100, maxMs: 1_000 };

/**
 * Sends lines in order, batch after batch, each acknowledged by all replicas in sync. A batch whose answer was lost may stand
 * there twice: that is what at least once means here.
 */
export async function appendLines(
  producer: Producer,
  topic: string,
  partition: number,
  lines: Buffer[],
): Promise<void> {
  for (const batch of batchesOf(lines)) {
    const messages = batch.map((value) => ({ value, partition }));
    await untilSent(() => producer.send({ topic, acks: -1, messages }));
  }
}

/** kafkajs calls some errors final that pass, such as no broker being reachable; so all are tried again, for a while. */
async function untilSent(send: () => Promise<unknown>): Promise<void> {
  const giveUpAt = systemClock.monotonicMs() + appendMsMax;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return;
    } catch (cause) {
      if (systemClock.monotonicMs() > giveUpAt) {
        throw new AppError('EVENT_LOG_DOWN', `Kafka took no lines: ${messageOf(cause)}`, { cause });
      }
      await systemClock.sleep(backoffMs(attempt, retryPause));
    }
  }
}

function* batchesOf(lines: Buffer[]): Generator<Buffer[]> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (batch.length >= linesAtOnce || (batch.length > 0 && bytes + line.length > bytesAtOnce)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += line.length;
  }
  if (batch.length > 0) yield batch;
}
