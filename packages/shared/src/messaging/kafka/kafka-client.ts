import { Kafka, logLevel, Partitioners, type Admin, type Consumer, type Producer } from 'kafkajs';
import { AppError } from '../../runtime/index.ts';

export interface KafkaClientOptions {
  /** `kafka://host:port`, several as `kafka://host:port,host:port`. */
  url: string;
  onProblem(code: string, message: string): void;
}

const connectionTimeoutMs = 3_000;
const requestTimeoutMs = 10_000;
/** Short: whoever calls tries again in its own way (kafkajs gives up for good on errors that pass, such as no broker). */
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 };
/** A `seek` and a `disconnect` wait for the running fetch, so it must be short. */
const fetchWaitMs = 300;

export interface GroupSettings {
  group: string;
  sessionTimeoutMs: number;
}

/** The three clients of kafkajs, with settings that suit us; nothing connects by itself. */
export function createKafkaClient({ url, onProblem }: KafkaClientOptions) {
  const brokers = url
    .replace(/^kafka:\/\//, '')
    .replace(/\/$/, '')
    .split(',');
  if (brokers.some((broker) => !/^[^:/@\s]+:\d+$/.test(broker))) {
    throw new AppError('CONFIG_INVALID', 'an event log on Kafka needs kafka://host:port[,host:port]');
  }
  const kafka = new Kafka({
    clientId: 'reelay',
    brokers,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    retry,
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ namespace, log }) =>
        onProblem(`KAFKA_${namespace.toUpperCase()}`, log.message),
  });
  return {
    admin: (): Admin => kafka.admin(),
    // Named, since its default changed with version 2 and a warning says so at each start.
    producer: (): Producer =>
      kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false }),
    consumer: ({ group, sessionTimeoutMs }: GroupSettings): Consumer =>
      kafka.consumer({
        groupId: group,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: Math.max(sessionTimeoutMs, 30_000),
        heartbeatInterval: heartbeatMs(sessionTimeoutMs),
        maxWaitTimeInMs: fetchWaitMs,
        allowAutoTopicCreation: false,
        // A consumer that crashed is made anew by us, so that there is one way back and not two.
        retry: { ...retry, restartOnFailure: async () => false },
      }),
  };
}

export type KafkaClient = ReturnType<typeof createKafkaClient>;

export const heartbeatMs = (sessionTimeoutMs: number): number => Math.min(1_000, Math.floor(sessionTimeoutMs / 5));
