import type { Admin } from 'kafkajs';
import { backoffMs, systemClock } from '../../runtime/index.ts';
import type { PartitionRange } from '../event-log.ts';

const withoutLeader: unknown[] = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE'];
const leaderAttemptsMax = 10;
const leaderPause = { firstMs: 20, maxMs: 400 };

/** Ranges of a topic's partitions in their order; none when there is no such topic. Makes nothing. */
export async function readRanges(
  admin: Pick<Admin, 'listTopics' | 'fetchTopicOffsets'>,
  topic: string,
): Promise<PartitionRange[]> {
  // Asking for the offsets of a topic that is not there would be tried again and again.
  if (!(await admin.listTopics()).includes(topic)) return [];
  const offsets = await whenLed(() => admin.fetchTopicOffsets(topic));
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

/** The leader of a partition that was made a moment ago may not know of it yet, and kafkajs takes that for the end. */
async function whenLed<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isWithoutLeader(error) || attempt === leaderAttemptsMax) throw error;
      await systemClock.sleep(backoffMs(attempt, leaderPause));
    }
  }
}

const isWithoutLeader = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && withoutLeader.includes(error.type);

/** Uncompressed on the broker, whatever a producer sends: kafkajs reads gzip at most, and a batch in anything else ends it for good. */
export async function makeTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  const configEntries = [{ name: 'compression.type', value: 'uncompressed' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
}
