import { afterAll, describe } from 'vitest';
import { realServerUrl, workQueueContract, type TestJob } from '../../testing/index.ts';
import { openRabbitWorkQueue } from './rabbit-work-queue.ts';
import { aNamespace, deleteQueues } from './test-queue.ts';

const url = realServerUrl('rabbitmq') ?? '';

describe.runIf(url)('on a real RabbitMQ', () => {
  const namespaces: string[] = [];
  const namespace = (): string => {
    const made = aNamespace();
    namespaces.push(made);
    return made;
  };
  afterAll(() => deleteQueues(url, namespaces));

  workQueueContract({
    name: 'rabbitmq',
    open: () => openRabbitWorkQueue<TestJob>(url, { namespace: namespace() }),
    features: { survivesProcess: true, countsInHand: false, measuresBudgetLeft: false },
  });
});
