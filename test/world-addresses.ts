import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createTemporaryDatabase, realServerUrl } from '@reelay/shared/testing';

/** `embedded`: no server. `real`: RabbitMQ, Redis, Kafka and MariaDB. */
export type WorldName = 'embedded' | 'real';

/** What picks the adapters of one world; nobody else uses its names. */
export interface WorldAddresses {
  queueUrl: string;
  redisUrl: string;
  eventLogUrl: string;
  ledgerUrl: string;
  /** Of queues, keys, the topic and the reader's group. */
  namespace: string;
  /** Gives back what stands on servers that others use, too. */
  drop(): Promise<void>;
}

const servers = () => {
  const [queueUrl, redisUrl, eventLogUrl, ledgerUrl] = [
    realServerUrl('rabbitmq'),
    realServerUrl('redis'),
    realServerUrl('kafka'),
    realServerUrl('mariadb'),
  ];
  return queueUrl && redisUrl && eventLogUrl && ledgerUrl ? { queueUrl, redisUrl, eventLogUrl, ledgerUrl } : undefined;
};

/** The worlds that this run has the servers for; what is missing was said once by `real-servers.setup.ts`. */
export const worldNames: WorldName[] = servers() === undefined ? ['embedded'] : ['embedded', 'real'];

export async function addressesOf(name: WorldName, folder: string): Promise<WorldAddresses> {
  const namespace = `e2e-${randomBytes(6).toString('hex')}`;
  if (name === 'embedded') {
    return {
      queueUrl: 'memory:',
      redisUrl: 'memory:',
      eventLogUrl: `sqlite:${join(folder, 'events.db')}`,
      ledgerUrl: `sqlite:${join(folder, 'ledger.db')}`,
      namespace,
      drop: async () => {},
    };
  }
  const urls = servers();
  if (urls === undefined) throw new Error('there are no real servers in this run');
  const database = await createTemporaryDatabase(urls.ledgerUrl);
  return { ...urls, ledgerUrl: database.url, namespace, drop: () => database.drop() };
}
