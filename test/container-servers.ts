import { existsSync } from 'node:fs';
import {
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  Wait,
  type StartedTestContainer,
} from 'testcontainers';
import type { NativeServerName } from '@reelay/native';
import { freePort } from './free-port.ts';

/** A server in a container: its URL as seen from here, and how to end it. */
export interface ContainerServer {
  url: string;
  stop(): Promise<unknown>;
}

const images: Record<NativeServerName, string> = {
  rabbitmq: 'rabbitmq:4.1',
  redis: 'redis:7.4',
  kafka: 'apache/kafka:4.1.0',
  mariadb: 'mysql:8.4',
};

const starts: Record<NativeServerName, (image: string) => Promise<ContainerServer>> = {
  rabbitmq: async (image) => {
    const container = await new GenericContainer(image)
      .withExposedPorts(5672)
      .withWaitStrategy(Wait.forLogMessage('Server startup complete'))
      .start();
    return served(container, `amqp://guest:guest@${at(container, 5672)}`);
  },
  redis: async (image) => {
    const container = await new GenericContainer(image)
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
      .start();
    return served(container, `redis://${at(container, 6379)}`);
  },
  kafka: async (image) => {
    // The broker tells clients where it is, so its outer port must be known before it starts.
    const port = await freePort();
    const container = await new GenericContainer(image)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment(kafkaEnvironment(port))
      .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
      .start();
    return served(container, `kafka://127.0.0.1:${port}`);
  },
  mariadb: async (image) => {
    const container = await new GenericContainer(image)
      .withExposedPorts(3306)
      .withEnvironment({ MYSQL_ROOT_PASSWORD: 'test', MYSQL_DATABASE: 'reelay' })
      .withWaitStrategy(Wait.forLogMessage(/ready for connections.*port: 3306/))
      .start();
    return served(container, `mysql://root:test@${at(container, 3306)}/reelay`);
  },
};

/**
 * Starts a server in a container when a Docker engine runs and has the image (with `REELAY_PULL_IMAGES=1`: or can fetch it); undefined
 * otherwise, and then somebody else has to provide it.
 */
export async function startInContainer(name: NativeServerName): Promise<ContainerServer | undefined> {
  if (!engineMayRun()) return undefined;
  const client = await getContainerRuntimeClient().catch(() => undefined);
  if (!client) return undefined;
  const has = process.env.REELAY_PULL_IMAGES === '1' || (await client.image.exists(ImageName.fromString(images[name])));
  return has ? starts[name](images[name]) : undefined;
}

/** Looking for an engine that is not there takes seconds; its socket or its address is a quick sign. */
const engineMayRun = (): boolean => Boolean(process.env.DOCKER_HOST) || existsSync('/var/run/docker.sock');

const at = (container: StartedTestContainer, port: number): string =>
  `${container.getHost()}:${container.getMappedPort(port)}`;

const served = (container: StartedTestContainer, url: string): ContainerServer => ({
  url,
  stop: () => container.stop(),
});

const kafkaEnvironment = (port: number): Record<string, string> => ({
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
  KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
});
