import type { Admin } from 'kafkajs';
import type { PartitionRange } from '../event-log.ts';

/** Ranges of a topic's partitions in their order; none when there is no such topic. Makes nothing. */
export async function readRanges(admin: Admin, topic: string): Promise<PartitionRange[]> {
  // Asking for the offsets of a topic that is not there would be tried again and again.
  if (!(await admin.listTopics()).includes(topic)) return [];
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
}

/** Uncompressed on the broker, whatever a producer sends: kafkajs reads gzip at most, and a batch in anything else ends it for good. */
export async function makeTopic(admin: Admin, topic: string, partitions: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  const configEntries = [{ name: 'compression.type', value: 'uncompressed' }];
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
}
