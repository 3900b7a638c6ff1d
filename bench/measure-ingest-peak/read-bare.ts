import { setTimeout as pause } from 'node:timers/promises';
import { createKafkaClient } from '../../packages/shared/src/messaging/kafka/kafka-client.ts';

const attemptsMax = 20;
const pauseMs = 500;

/**
 * The bare consumer of kafkajs, which counts lines and does nothing else: seconds from its first to its last batch. A broker that makes its
 * first group may refuse for a while, and a consumer that crashed stays so; then another one reads from the start.
 */
export async function readBare(url: string, topic: string, lines: number): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await readOnce(url, topic, { group: `bare-${topic}-${attempt}`, lines });
    } catch (error) {
      if (attempt === attemptsMax) throw error;
      await pause(pauseMs);
    }
  }
}

async function readOnce(url: string, topic: string, { group, lines }: { group: string; lines: number }) {
  const client = createKafkaClient({ url, onProblem: () => {} });
  const consumer = client.consumer({ group, sessionTimeoutMs: 10_000 });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let read = 0;
  let startedAt = 0;
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    consumer.on(consumer.events.GROUP_JOIN, () => (startedAt = performance.now()));
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
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
