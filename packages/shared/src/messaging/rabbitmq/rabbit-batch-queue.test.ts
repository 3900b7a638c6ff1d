import { connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { batchKinds } from '../batch-queue.ts';
import { batchQueueContract, realServerUrl, waitUntil } from '../../testing/index.ts';
import { openRabbitBatchQueue } from './rabbit-batch-queue.ts';
import { batchQueueName, rejectedQueueName } from './rabbit-batches.ts';
import { aNamespace } from './test-queue.ts';

const url = realServerUrl('rabbitmq') ?? '';

describe.runIf(url)('on a real RabbitMQ', () => {
  const namespaces: string[] = [];
  const namespace = (): string => {
    const made = aNamespace();
    namespaces.push(made);
    return made;
  };
  const deleteQueues = async (): Promise<void> => {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    for (const name of namespaces) {
      for (const kind of batchKinds) {
        await channel.deleteQueue(batchQueueName(name, kind));
        await channel.deleteQueue(rejectedQueueName(name, kind));
      }
    }
    await connection.close();
  };
  afterAll(deleteQueues);

  batchQueueContract({
    name: 'rabbitmq',
    open: () => openRabbitBatchQueue(url, { namespace: namespace() }),
    features: { survivesProcess: true },
  });

  test('a batch that no queue takes is never confirmed; the queue is made again by itself', async () => {
    const queue = await openRabbitBatchQueue(url, { namespace: namespace() });
    try {
      await deleteQueues();
      const batch = { id: 'a', body: Uint8Array.of(1) };
      await expect(queue.publish('receipts', batch)).rejects.toMatchObject({ code: 'QUEUE_DOWN' });
      await waitUntil('taken again', () =>
        queue.publish('receipts', batch).then(
          () => true,
          () => false,
        ),
      );
      const ids: string[] = [];
      await queue.consume('receipts', { inHand: 5 }, async (batches) => {
        ids.push(...batches.map(({ id }) => id));
        return batches.map(() => 'done');
      });
      await waitUntil('the batch', () => ids.length > 0);
      expect(ids).toEqual(['a']);
    } finally {
      await queue.close();
    }
  });
});
