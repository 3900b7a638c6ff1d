import { connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { realServerUrl, sliceQueueContract, waitUntil } from '../../testing/index.ts';
import { openRabbitSliceQueue } from './rabbit-slice-queue.ts';
import { sliceQueueName } from './rabbit-slices.ts';
import { aNamespace, deleteQueues } from './test-queue.ts';

const url = realServerUrl('rabbitmq') ?? '';

describe.runIf(url)('on a real RabbitMQ', () => {
  const namespaces: string[] = [];
  const namespace = (): string => {
    const made = aNamespace();
    namespaces.push(made);
    return made;
  };
  afterAll(async () => {
    await deleteQueues(url, namespaces);
    const connection = await connect(url);
    const channel = await connection.createChannel();
    for (const name of namespaces) await channel.deleteQueue(sliceQueueName(name));
    await connection.close();
  });

  sliceQueueContract({
    name: 'rabbitmq',
    open: () => openRabbitSliceQueue(url, { namespace: namespace() }),
    features: { survivesProcess: true },
  });

  test('an empty classic queue of that name gives way', async () => {
    const name = namespace();
    const connection = await connect(url);
    const channel = await connection.createChannel();
    await channel.assertQueue(sliceQueueName(name), { durable: true });
    const queue = await openRabbitSliceQueue(url, { namespace: name });
    try {
      await waitUntil('taken', () => queue.publish({ jobId: 'job-1', sliceNo: 0 }).then(() => true, () => false)); // prettier-ignore
      expect(await queue.ready()).toBe(1);
    } finally {
      await queue.close();
      await connection.close();
    }
  });
});
