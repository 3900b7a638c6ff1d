import type { Admin, Producer } from 'kafkajs';
import { AppError, messageOf, systemClock, within } from '../../runtime/index.ts';
import type { EventLog, Follower, LogSubscription, PartitionRange } from '../event-log.ts';
import type { EventLogOptions } from '../open.ts';
import { appendLines } from './append-lines.ts';
import { GroupReader } from './group-reader.ts';
import { createKafkaClient, type KafkaClient } from './kafka-client.ts';
import { makeTopic, readRanges } from './kafka-topics.ts';

const openMsMax = 15_000;
const callMsMax = 15_000;
const closeMsMax = 5_000;
const lookMs = 2_000;

/**
 * `url` is `kafka://host:port[,host:port]`. Readers of one group share the partitions. Batches in Snappy, LZ4 or Zstd
 * cannot be read (gzip can): topics of others must not use them.
 */
export async function openKafkaEventLog(url: string, options: EventLogOptions = {}): Promise<EventLog> {
  const onProblem = (code: string, message: string) => options.onProblem?.({ port: 'EventLog', code, message });
  const client = createKafkaClient({ url, onProblem });
  const [admin, producer] = [client.admin(), client.producer()];
  try {
    await within(openMsMax, 'connecting to Kafka', Promise.all([admin.connect(), producer.connect()]));
  } catch (cause) {
    await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
    throw new AppError('EVENT_LOG_DOWN', `cannot connect to Kafka: ${messageOf(cause)}`, { cause });
  }
  return new KafkaEventLog(client, admin, producer, options, onProblem);
}

class KafkaEventLog implements EventLog {
  readonly features = { groups: true };
  readonly #client: KafkaClient;
  readonly #admin: Admin;
  readonly #producer: Producer;
  readonly #options: EventLogOptions;
  readonly #onProblem: (code: string, message: string) => void;
  readonly #readers = new Set<GroupReader>();
  readonly #partitionCounts = new Map<string, number>();
  readonly #looking = new AbortController();
  #turn = 0;
  #up = true;
  #closing: Promise<void> | undefined;

  constructor(
    client: KafkaClient,
    admin: Admin,
    producer: Producer,
    options: EventLogOptions,
    onProblem: (code: string, message: string) => void,
  ) {
    this.#client = client;
    this.#admin = admin;
    this.#producer = producer;
    this.#options = options;
    this.#onProblem = onProblem;
    void this.#look();
  }

  isUp(): boolean {
    return this.#up && this.#closing === undefined;
  }

  async append(
    topic: string,
    lines: (string | Uint8Array)[],
    { partition }: { partition?: number } = {},
  ): Promise<void> {
    this.#assertOpen();
    const partitions = this.#partitionCounts.get(topic) ?? (await this.ranges(topic)).length;
    const chosen = partition ?? this.#turn++ % Math.max(partitions, 1);
    if (chosen >= partitions) throw new AppError('NOT_FOUND', `no partition ${chosen} of topic ${topic}`);
    const values = lines.map((line) => Buffer.from(line as Uint8Array));
    try {
      await appendLines(this.#producer, topic, chosen, values);
      this.#up = true;
    } catch (error) {
      this.#up = false;
      this.#partitionCounts.delete(topic);
      throw error;
    }
  }

  async ranges(topic: string): Promise<PartitionRange[]> {
    const ranges = await this.#call('ranges', () => readRanges(this.#admin, topic));
    if (ranges.length > 0) this.#partitionCounts.set(topic, ranges.length);
    return ranges;
  }

  async ensureTopic(topic: string, partitions: number): Promise<void> {
    await this.#call('making a topic', () => makeTopic(this.#admin, topic, partitions));
  }

  async follow(topic: string, follower: Follower): Promise<LogSubscription> {
    this.#assertOpen();
    const reader = new GroupReader({
      client: this.#client,
      topic,
      follower,
      group: this.#options.group ?? 'reelay',
      sessionTimeoutMs: this.#options.sessionTimeoutMs ?? 10_000,
      ranges: () => this.ranges(topic),
      onProblem: this.#onProblem,
    });
    this.#readers.add(reader);
    return {
      restart: (partition) => reader.restart(partition),
      stop: async () => {
        await reader.stop();
        this.#readers.delete(reader);
      },
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#looking.abort();
    await Promise.all([...this.#readers].map((reader) => reader.stop()));
    const ends = Promise.allSettled([this.#producer.disconnect(), this.#admin.disconnect()]);
    await within(closeMsMax, 'closing the connections to Kafka', ends).catch((error: unknown) =>
      this.#onProblem('EVENT_LOG_DOWN', messageOf(error)),
    );
  }

  /** Asks the brokers now and then, so that `isUp` is true to the moment without a caller finding out. */
  async #look(): Promise<void> {
    const { signal } = this.#looking;
    while (!signal.aborted) {
      await systemClock.sleep(lookMs, signal);
      if (!signal.aborted) await this.#call('a look at Kafka', () => this.#admin.describeCluster()).catch(() => {});
    }
  }

  async #call<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      const result = await within(callMsMax, what, work());
      this.#up = true;
      return result;
    } catch (cause) {
      this.#assertOpen();
      this.#up = false;
      throw new AppError('EVENT_LOG_DOWN', `${what}: ${messageOf(cause)}`, { cause });
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new AppError('PORT_CLOSED', 'the event log is closed');
  }
}
