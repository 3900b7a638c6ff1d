import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import { slots } from '../../contracts/index.ts';
import { deadQueueName, queueName } from './rabbit-messages.ts';

/** Queues on a shared broker that belong to one test. */
export const aNamespace = (): string => `test-${randomUUID().slice(0, 8)}`;

export async function deleteQueues(url: string, namespaces: string[]): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  for (const namespace of namespaces) {
    for (const slot of slots) await channel.deleteQueue(queueName(namespace, slot));
    await channel.deleteQueue(deadQueueName(namespace));
  }
  await connection.close();
}
