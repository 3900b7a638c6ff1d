import { randomBytes } from 'node:crypto';
import type { Admin } from 'kafkajs';
import { AppError, systemClock } from '../../runtime/index.ts';
import { createKafkaClient } from './kafka-client.ts';
import { makeTopic, readRanges } from './kafka-topics.ts';

const stallMsMax = 30_000;
const goneMsMax = 30_000;
const lookMs = 100;

/** For tests: a line as it stands in a topic. */
export interface StoredLine {
  partition: number;
  offset: number;
  bytes: Uint8Array;
}

/**
 * For tests: every line that stands in a topic at the call, each partition in order from its first to its last, read by a bare consumer that shares
 * nothing with `EventLog`. Returns how many; `TIMEOUT` when nothing comes for 30 s, `DATA_INVALID` for an offset that is not the one after the last.
 */
export async function readWholeTopic(url: string, topic: string, onLine: (line: StoredLine) => void): Promise<number> {
  const ranges = await administer(url, (admin) => readRanges(admin, topic));
  const open = new Map(ranges.filter(({ low, high }) => high > low).map((range) => [range.partition, { ...range }]));
  const consumer = quietClient(url).consumer({
    group: `whole-${randomBytes(6).toString('hex')}`,
    sessionTimeoutMs: 30_000,
  });
  let [lines, movedAt] = [0, systemClock.monotonicMs()];
  const gaps: AppError[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        movedAt = systemClock.monotonicMs();
        for (const message of messages) {
          const [range, offset] = [open.get(partition), Number(message.offset)];
          // What was appended since the call is not asked for; what comes twice was given already.
          if (range === undefined || offset < range.low) continue;
          if (offset > range.low) gaps.push(gap(topic, partition, range.low, offset));
          onLine({ partition, offset, bytes: message.value ?? new Uint8Array() });
          lines++;
          range.low = offset + 1;
          if (range.low >= range.high) open.delete(partition);
        }
      },
    });
    while (open.size > 0 && gaps.length === 0) {
      if (systemClock.monotonicMs() - movedAt > stallMsMax)
        throw new AppError('TIMEOUT', `${open.size} partitions of ${topic} could not be read to their end`);
      await systemClock.sleep(lookMs);
    }
  } finally {
    await consumer.disconnect();
  }
  if (gaps.length > 0) throw gaps[0];
  return lines;
}

/** For tests: takes the topic away and makes it anew, empty, under the same name. A broker in between says things that pass. */
export const remakeTopic = (url: string, topic: string, partitions: number): Promise<void> =>
  administer(url, async (admin) => {
    await until(`${topic} to be gone`, async () => {
      const isThere = (await admin.listTopics()).includes(topic);
      if (isThere) await admin.deleteTopics({ topics: [topic] });
      return !isThere;
    });
    await until(`${topic} to be there`, async () => {
      await makeTopic(admin, topic, partitions);
      return (await readRanges(admin, topic)).length === partitions;
    });
  });

/** Tries again until it is true; what it throws is the answer only when the time is over. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const giveUpAt = systemClock.monotonicMs() + goneMsMax;
  for (let failure: unknown; ;) {
    const isTrue = await condition().catch((error: unknown) => {
      failure = error;
      return false;
    });
    if (isTrue) return;
    if (systemClock.monotonicMs() > giveUpAt)
      throw new AppError('TIMEOUT', `${what}: not within ${goneMsMax} ms`, { cause: failure });
    await systemClock.sleep(lookMs);
  }
}

const gap = (topic: string, partition: number, expected: number, found: number): AppError =>
  new AppError('DATA_INVALID', `partition ${partition} of ${topic} goes on at ${found}, not at ${expected}`);

const quietClient = (url: string) => createKafkaClient({ url, onProblem: () => {} });

async function administer<T>(url: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = quietClient(url).admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
