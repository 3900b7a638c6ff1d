import { createKafkaClient } from '../../packages/shared/src/messaging/kafka/kafka-client.ts';

/** The bare consumer of kafkajs, which counts lines and does nothing else: seconds from its first to its last batch. */
export async function readBare(url: string, topic: string, lines: number): Promise<number> {
  const client = createKafkaClient({ url, onProblem: () => {} });
  const consumer = client.consumer({ group: `bare-${topic}`, sessionTimeoutMs: 10_000 });
  const { promise, resolve } = Promise.withResolvers<number>();
  let read = 0;
  let startedAt = 0;
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    consumer.on(consumer.events.GROUP_JOIN, () => (startedAt = performance.now()));
    await consumer.run({
      eachBatch: async ({ batch }) => {
        read += batch.messages.length;
        if (read >= lines) resolve((performance.now() - startedAt) / 1_000);
      },
    });
    return await promise;
  } finally {
    await consumer.disconnect();
  }
}
