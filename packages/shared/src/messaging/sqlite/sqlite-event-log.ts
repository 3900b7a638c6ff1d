import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, messageOf } from '../../runtime/index.ts';
import type { EventLog, Follower, LogSubscription, PartitionRange } from '../event-log.ts';
import type { EventLogOptions } from '../open.ts';
import { Bell } from './bell.ts';
import { EventTables } from './event-tables.ts';
import { PartitionReader } from './partition-reader.ts';
import { whenFree } from './when-free.ts';

/** Partitions of a topic that was not there when the reader came are looked for this often. */
const discoveryMs = 200;

/** `url` is `sqlite:<file>`; threads and processes may open the same file. */
export async function openSqliteEventLog(url: string, options: EventLogOptions = {}): Promise<EventLog> {
  const path = url.slice('sqlite:'.length);
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new SqliteEventLog(await whenFree(() => new EventTables(path)), options);
  } catch (cause) {
    throw new AppError('EVENT_LOG_DOWN', `cannot open the event log in ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** A table in a WAL file. No groups: whoever follows reads every partition. */
export class SqliteEventLog implements EventLog {
  readonly features = { groups: false };
  readonly #tables: EventTables;
  readonly #options: EventLogOptions;
  readonly #bell = new Bell();
  readonly #subscriptions = new Set<LogSubscription>();
  #turn = 0;
  #closing: Promise<void> | undefined;

  constructor(tables: EventTables, options: EventLogOptions) {
    this.#tables = tables;
    this.#options = options;
  }

  isUp(): boolean {
    return this.#closing === undefined;
  }

  async append(
    topic: string,
    lines: (string | Uint8Array)[],
    { partition }: { partition?: number } = {},
  ): Promise<void> {
    const bytes = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
    await this.#work(() => {
      const partitions = this.#tables.ranges(topic).length;
      const chosen = partition ?? this.#turn++ % Math.max(partitions, 1);
      if (chosen >= partitions) throw new AppError('NOT_FOUND', `no partition ${chosen} of topic ${topic}`);
      if (bytes.length > 0) this.#tables.append(topic, chosen, bytes);
    });
    this.#bell.ring();
  }

  async ranges(topic: string): Promise<PartitionRange[]> {
    return this.#work(() => this.#tables.ranges(topic).map(({ partition, low, high }) => ({ partition, low, high })));
  }

  async ensureTopic(topic: string, partitions: number): Promise<void> {
    await this.#work(() => this.#tables.makeTopic(topic, partitions));
    this.#bell.ring();
  }

  async follow(topic: string, follower: Follower): Promise<LogSubscription> {
    await this.#work(() => {});
    const readers = new Map<number, PartitionReader>();
    const abort = new AbortController();
    const discovery = this.#discover(topic, follower, readers, abort.signal);
    const subscription: LogSubscription = {
      restart: (partition) => readers.get(partition)?.restart(),
      stop: async () => {
        abort.abort();
        await discovery;
        await Promise.all([...readers.values()].map((reader) => reader.done));
        this.#subscriptions.delete(subscription);
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([...this.#subscriptions].map((subscription) => subscription.stop())).then(() =>
      this.#tables.close(),
    );
    return this.#closing;
  }

  async #discover(
    topic: string,
    follower: Follower,
    readers: Map<number, PartitionReader>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const { partition } of this.#tables.ranges(topic)) {
          if (!readers.has(partition)) readers.set(partition, this.#reader(topic, partition, follower, signal));
        }
      } catch (error) {
        this.#problem('EVENT_LOG_DOWN', messageOf(error));
      }
      // Partitions never become fewer or more once the topic is there.
      if (readers.size > 0) return;
      await this.#bell.wait(discoveryMs, signal);
    }
  }

  #reader(topic: string, partition: number, follower: Follower, signal: AbortSignal): PartitionReader {
    const onProblem = (code: string, message: string) => this.#problem(code, message);
    return new PartitionReader({
      tables: this.#tables,
      topic,
      partition,
      follower,
      bell: this.#bell,
      signal,
      onProblem,
    });
  }

  #problem(code: string, message: string): void {
    this.#options.onProblem?.({ port: 'EventLog', code, message });
  }

  async #work<T>(work: () => T): Promise<T> {
    try {
      return await whenFree(() => {
        if (this.#closing !== undefined) throw new AppError('PORT_CLOSED', 'the event log is closed');
        return work();
      });
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw new AppError('EVENT_LOG_DOWN', `event log: ${messageOf(cause)}`, { cause });
    }
  }
}
