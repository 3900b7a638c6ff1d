import type { Consumer } from 'kafkajs';
import { backoffMs, messageOf, systemClock, within } from '../../runtime/index.ts';
import type { Follower, LogSubscription, PartitionRange } from '../event-log.ts';
import { AssignedPartition } from './assigned-partition.ts';
import { heartbeatMs, type GroupSettings, type KafkaClient } from './kafka-client.ts';

const retryPause = { firstMs: 200, maxMs: 5_000 };
const topicLookMs = 300;
/** A handler in hand is waited for so long; then the connection is left to the end of the process. */
const stopMsMax = 30_000;
/** More partitions than this of one process take turns. */
const partitionsAtOnce = 64;

interface GroupReaderDeps extends GroupSettings {
  client: KafkaClient;
  topic: string;
  follower: Follower;
  ranges(): Promise<PartitionRange[]>;
  onProblem(code: string, message: string): void;
}

/**
 * A member of the group for as long as it is not stopped. States: waiting (no such topic) → member (a consumer runs) → crashed (kafkajs
 * has given it up; a new one is made after a pause) → member … → stopped.
 */
export class GroupReader implements LogSubscription {
  readonly #deps: GroupReaderDeps;
  readonly #abort = new AbortController();
  #partitions = new Map<number, AssignedPartition>();
  readonly #running: Promise<void>;

  constructor(deps: GroupReaderDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  restart(partition: number): void {
    void this.#partitions.get(partition)?.ask();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    for (let failures = 0; !signal.aborted;) {
      try {
        if ((await this.#deps.ranges()).length === 0) await systemClock.sleep(topicLookMs, signal);
        else await this.#consume(() => (failures = 0));
      } catch (error) {
        failures += 1;
        this.#deps.onProblem('EVENT_LOG_DOWN', messageOf(error));
        await systemClock.sleep(backoffMs(failures, retryPause), signal);
      }
    }
  }

  /** Resolves after a stop, throws after a crash. */
  async #consume(onJoined: () => void): Promise<void> {
    const { client, topic } = this.#deps;
    const consumer = client.consumer(this.#deps);
    const over = Promise.withResolvers<void>();
    this.#abort.signal.addEventListener('abort', () => over.resolve(), { once: true });
    consumer.on(consumer.events.CRASH, ({ payload }) => over.reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      onJoined();
      this.#assign(consumer, payload.memberAssignment[topic] ?? []);
    });
    over.promise.catch(() => {});
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsAtOnce,
        eachBatch: async (payload) => this.#partitions.get(payload.batch.partition)?.onBatch(payload),
      });
      await over.promise;
    } finally {
      await within(stopMsMax, 'leaving the group', consumer.disconnect()).catch((error: unknown) =>
        this.#deps.onProblem('EVENT_LOG_DOWN', messageOf(error)),
      );
      if (!this.#abort.signal.aborted) this.#assign(consumer, []);
      else for (const partition of this.#partitions.values()) partition.end();
    }
  }

  /** After every join: also a partition that stays is asked for again, since it may have been elsewhere in between. */
  #assign(consumer: Consumer, assigned: number[]): void {
    const { topic, follower, ranges, onProblem, sessionTimeoutMs } = this.#deps;
    const before = this.#partitions;
    this.#partitions = new Map();
    for (const [partition, reader] of before) {
      reader.end();
      if (!assigned.includes(partition)) follower.onRevoked?.(partition);
    }
    for (const partition of assigned) {
      const range = async () => (await ranges()).find((candidate) => candidate.partition === partition);
      const deps = {
        consumer,
        topic,
        partition,
        follower,
        range,
        onProblem,
        heartbeatMs: heartbeatMs(sessionTimeoutMs),
      };
      const reader = new AssignedPartition(deps);
      this.#partitions.set(partition, reader);
      void reader.ask();
    }
  }
}
