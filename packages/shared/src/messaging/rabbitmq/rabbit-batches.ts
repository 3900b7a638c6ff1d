import type { Channel, ConsumeMessage, GetMessage, Options } from 'amqplib';
import { batchKinds, queueBytesMax, rejectedMax, type Batch, type BatchKind } from '../batch-queue.ts';

const reasonLengthMax = 500;

export const batchQueueName = (namespace: string, kind: BatchKind): string => `${namespace}.${kind}`;
export const rejectedQueueName = (namespace: string, kind: BatchKind): string => `${namespace}.${kind}.rejected`;

/** A full queue refuses, so that the publisher knows; dropping would lose what it takes for safe. */
export async function declareBatchQueues(channel: Channel, namespace: string): Promise<void> {
  for (const kind of batchKinds) {
    await channel.assertQueue(batchQueueName(namespace, kind), {
      durable: true,
      arguments: { 'x-max-length-bytes': queueBytesMax, 'x-overflow': 'reject-publish' },
    });
    await channel.assertQueue(rejectedQueueName(namespace, kind), {
      durable: true,
      arguments: { 'x-max-length': rejectedMax, 'x-overflow': 'drop-head' },
    });
  }
}

/** Mandatory: a batch that no queue takes comes back instead of being confirmed into nothing. */
export const batchOptions = (id: string, reason?: string): Options.Publish => ({
  contentType: 'application/octet-stream',
  deliveryMode: 2,
  mandatory: true,
  messageId: id,
  ...(reason === undefined ? {} : { headers: { 'x-reason': reason.slice(0, reasonLengthMax) } }),
});

export const batchOf = ({ properties, content }: ConsumeMessage | GetMessage): Batch => ({
  id: String(properties.messageId ?? ''),
  body: new Uint8Array(content),
});

export function reasonOf(message: GetMessage): string {
  const reason: unknown = message.properties.headers?.['x-reason'];
  return typeof reason === 'string' ? reason : 'unknown';
}
